import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { InputError } from '../input_error';

/**
 * How a person's own files load. What they import of the app's packages is the app's copy: two of TensorFlow.js do not mix.
 * And they are ES modules, whatever the package.json beside them says; plain npm makes one that says nothing.
 */
const ownFiles = `
  const shared = ['@halokit/losses', '@tensorflow/tfjs', '@tensorflow/tfjs-core'];
  const isOwn = (url) => url !== undefined && url.startsWith('file:') && !url.includes('/node_modules/');
  export async function resolve(specifier, context, next) {
    const isShared = shared.includes(specifier) && isOwn(context.parentURL);
    const parentURL = isShared ? ${JSON.stringify(import.meta.url)} : context.parentURL;
    const found = await next(specifier, { ...context, parentURL });
    const isModule = isOwn(found.url) && /\\.[jt]sx?(\\?|$)/.test(found.url);
    return isModule ? { ...found, format: 'module' } : found;
  }
`;

let isReady = false;

/** From here on, TypeScript loads. Without a namespace, so that packages are those that the app has loaded. */
async function readTypeScript(): Promise<void> {
  if (isReady) return;
  isReady = true;
  const { register: registerTsx } = await import('tsx/esm/api');
  registerTsx();
  register(`data:text/javascript,${encodeURIComponent(ownFiles)}`);
}

/**
 * What a TypeScript or JavaScript file exports.
 *
 * @throws InputError, one line, for whatever keeps it from loading: a syntax error with its line, a package that is missing
 */
export async function importFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  await readTypeScript();
  try {
    return await import(pathToFileURL(realpathSync(file)).href);
  } catch (error) {
    throw new InputError(explain(file, error), { cause: error });
  }
}

function explain(file: string, error: unknown): string {
  if (!(error instanceof Error)) return `${file}: throws ${error} while it loads.`;
  // esbuild's words: "Transform failed with 1 error:\n/home/me/my_halo.ts:3:8: ERROR: Unexpected \";\""
  const syntax = /^(.+):(\d+):(\d+): ERROR: (.+)$/m.exec(error.message);
  if (syntax) return `${place(file, syntax[1] as string)}: line ${syntax[2]}, column ${syntax[3]}: ${syntax[4]}.`;
  const [first = ''] = error.message.split('\n');
  if (error instanceof SyntaxError) {
    const line = syntaxErrorLine(file);
    return `${file}: ${line === undefined ? '' : `line ${line}: `}${first}.`;
  }
  const missing = /^Cannot find package '(.+?)'/.exec(first);
  if (missing) return `${file}: cannot find the package ${missing[1]}. Run npm install ${missing[1]} in its folder.`;
  return `${file}: does not load: ${first}`;
}

/** The line of a syntax error in JavaScript. V8 writes it where no program can read it, so Node is asked again. */
function syntaxErrorLine(file: string): string | undefined {
  const check = ['--check', '--input-type=module'];
  const { stderr } = spawnSync(process.execPath, check, { input: readFileSync(file), encoding: 'utf8', env: {} });
  return /^\[stdin\]:(\d+)$/m.exec(stderr)?.[1];
}

/** The file as the person named it; another one, which it imports, by its path. */
function place(file: string, at: string): string {
  return at === realpathSync(file) ? file : at;
}
