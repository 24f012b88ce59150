import { isTree, merge, type Tree } from '../config/flags';
import { type TrainConfig, trainConfig } from '../config/train_config';
import { validate } from '../config/validate';
import { InputError } from '../input_error';

/**
 * Keys that may be others than when the run began: they change no number of what is still to come, or are held against what
 * they lead to, as `data` is. On other threads a processor may round otherwise; that is the person's to decide.
 */
const free = new Set([
  ...['data', 'offline', 'out', 'overwrite', 'memory', 'threads', 'saveEvery', 'keep', 'onNan'],
  ...['watch', 'evaluateEvery', 'sampleEvery', 'samplePrompts', 'sampleTokens', 'shardOptimizer'],
]);

/**
 * The config with which a run goes on: the one it began with, and what is asked for now on top.
 *
 * @param then what it began with
 * @param asked of the command line or a file
 * @param where it was asked
 * @throws InputError naming every key that would change the numbers
 */
export function resumeConfig(then: Tree, asked: Tree, where: string): TrainConfig {
  const [before, now] = [validate(trainConfig, then, 'config.yaml'), validate(trainConfig, merge(then, asked), where)];
  const changed = changedKeys(before, now).filter((key) => !free.has(key.split('.')[0] as string));
  if (changed.length === 0) return now;
  const list = changed
    .map((key) => `${key} was ${shown(at(before, key))} and would be ${shown(at(now, key))}`)
    .join('; ');
  throw new InputError(
    `${where}: a run goes on as it began: ${list}. Leave ${changed.length === 1 ? 'it' : 'them'} out, or begin anew with --out.`,
  );
}

/** @throws InputError naming every key of a run's `config.yaml` that was edited since it began */
export function requireUnedited(then: Tree, file: Tree, path: string): void {
  const changed = changedKeys(then, file);
  if (changed.length === 0) return;
  const list = changed.map((key) => `${key} was ${shown(at(then, key))} and is ${shown(at(file, key))}`).join('; ');
  throw new InputError(`${path}: was edited since the run began: ${list}. Put it back, or begin anew with --out.`);
}

/** Paths of the values that are not the same in both. */
function changedKeys(a: Tree, b: Tree): string[] {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => {
    const [x, y] = [a[key], b[key]];
    if (isTree(x) && isTree(y)) return changedKeys(x, y).map((inner) => `${key}.${inner}`);
    return JSON.stringify(x) === JSON.stringify(y) ? [] : [key];
  });
}

function at(tree: Tree, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (inner as Tree | undefined)?.[key], tree);
}

function shown(value: unknown): string {
  return value === undefined ? 'not given' : JSON.stringify(value);
}
