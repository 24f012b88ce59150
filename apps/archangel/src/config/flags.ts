import { parse } from 'yaml';
import { InputError } from '../input_error';

/** A nested plain object, as YAML and flags give it before validation. */
export type Tree = { [key: string]: unknown };

/**
 * Reads `--key value`, `--key=value` and `--switch` into a tree: `--batch-size 8 --loss.beta 0.2` gives
 * `{ batchSize: 8, loss: { beta: 0.2 } }`. Values are YAML scalars; a switch is true, `--no-switch` false.
 *
 * `--loss FILE` is another spelling of `--method FILE`, since `loss` holds the loss's options.
 */
export function readFlags(args: readonly string[]): Tree {
  const tree: Tree = {};
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (!arg.startsWith('--')) throw new InputError(`"${arg}" stands alone: name its option, as in --data ${arg}.`);
    const equals = arg.indexOf('=');
    const next = args[i + 1];
    if (equals > 0) set(tree, arg.slice(2, equals), scalar(arg.slice(equals + 1)));
    else if (next === undefined || next.startsWith('--')) set(tree, arg.slice(2), true);
    else {
      set(tree, arg.slice(2), scalar(next));
      i++;
    }
  }
  return tree;
}

/** `over` on top of `base`; objects are merged key by key. */
export function merge(base: Tree, over: Tree): Tree {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isTree(below) && isTree(value) ? merge(below, value) : value;
  }
  return result;
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function set(tree: Tree, flag: string, value: unknown): void {
  const negated = value === true && flag.startsWith('no-');
  const path = (negated ? flag.slice(3) : flag === 'loss' ? 'method' : flag).split('.').map(camel);
  if (path[0] === 'method' && tree.method !== undefined)
    throw new InputError(`--loss and --method name one thing: give one.`);
  let at = tree;
  for (const key of path.slice(0, -1)) {
    if (!isTree(at[key])) at[key] = {};
    at = at[key] as Tree;
  }
  at[path.at(-1) as string] = negated ? false : value;
}

function camel(key: string): string {
  return key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Numbers, booleans and text as YAML reads them; whatever it does not read stays text (a Windows path, say). */
function scalar(text: string): unknown {
  try {
    const value: unknown = parse(text);
    return isTree(value) || value === null ? text : value;
  } catch {
    return text;
  }
}
