// Who may import whom, print, exit, read the environment, use Node or choose a backend: the rules for a source file.
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { type Breach, layers, packageOf, underTests } from './layers';
import { type SourceFacts, sourceFacts } from './source_facts';

/** Folders that may import TensorFlow.js backends, each with the one it serves. */
const backendFolders: Readonly<Record<string, string>> = {
  'packages/models/src/wasm/': '@tensorflow/tfjs-backend-wasm',
};

/** Files that may set a variable of the environment, because that is the only way to tell a native library something. */
const tellsNativeLibrary = [
  'packages/distributed/src/mpi/library.ts',
  'packages/tfjs-backend-onnxruntime/src/binding/library.ts',
];

/** Packages that are for Node alone, all of them. */
const nodePackages = ['distributed', 'hub', 'tfjs-backend-onnxruntime'];

/** Members of `process` that belong to the app even where Node is at hand. */
const appOnly = [
  'abort',
  'argv',
  'emitWarning',
  'env',
  'exit',
  'exitCode',
  'kill',
  'on',
  'once',
  'stderr',
  'stdin',
  'stdout',
];
const nodeGlobals = ['Buffer', '__dirname', '__filename', 'clearImmediate', 'require', 'setImmediate'];
const globalObjects = ['global', 'globalThis', 'self', 'window'];

/** Every breach in one source file, whose path is relative to the repository's root. */
export function sourceBreaches(file: string, text: string): Breach[] {
  const place = placeOf(file);
  const facts = sourceFacts(file, text);
  return [
    ...importBreaches(file, place, facts),
    ...(place.group === 'packages' ? nameBreaches(file, place, facts) : []),
  ];
}

interface Place {
  readonly group: string;
  readonly name: string;
  readonly root: string;
  readonly isTest: boolean;
  readonly isNode: boolean;
}

function placeOf(file: string): Place {
  const [group = '', name = '', ...rest] = file.split('/');
  const inside = rest.join('/');
  return {
    group,
    name,
    root: `${group}/${name}/`,
    isTest: inside.startsWith('test/') || /\.test\.[cm]?[jt]sx?$/.test(inside),
    isNode: inside.startsWith('src/node/') || nodePackages.includes(name),
  };
}

function importBreaches(file: string, place: Place, facts: SourceFacts): Breach[] {
  return facts.imports.flatMap(({ specifier, line }) => {
    const rule = specifier === undefined ? computedRule(place) : importRule(file, place, specifier);
    return rule ? [{ file, line, rule }] : [];
  });
}

function computedRule(place: Place): string | undefined {
  return place.group === 'packages' && !place.isTest ? 'loads a module whose name is computed' : undefined;
}

function importRule(file: string, place: Place, specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('/')) return relativeRule(file, place, specifier);
  if (place.group === 'apps') return undefined;

  const other = packageOf(specifier);
  const allowed = [place.name, ...(layers[place.name] ?? []), ...(place.isTest ? underTests : [])];
  if (other !== undefined && !allowed.includes(other)) return `imports @halokit/${other}`;
  if (place.isTest) return undefined;
  const needsNode = other !== undefined && (specifier.endsWith('/node') || nodePackages.includes(other));
  if (needsNode && !place.isNode) return `imports ${specifier} outside src/node`;
  if (/^(node:)?(process|console)$/.test(specifier)) return `imports ${specifier}, which belongs to the app`;
  if ((isBuiltin(specifier) || specifier === 'node') && !place.isNode)
    return `imports Node's ${specifier} outside src/node`;
  return isBackend(specifier) && !servesBackend(file, specifier) ? `imports the backend ${specifier}` : undefined;
}

function relativeRule(file: string, place: Place, specifier: string): string | undefined {
  const target = posix.normalize(posix.join(posix.dirname(file), specifier));
  if (specifier.startsWith('/') || !target.startsWith(place.root)) return `reaches out of its package to ${specifier}`;
  if (place.isTest || place.group === 'apps') return undefined;
  const inside = `${target.slice(place.root.length)}/`;
  if (!inside.startsWith('src/')) return `imports ${specifier}, which is not published`;
  return inside.startsWith('src/node/') && !place.isNode ? `imports ${specifier} from src/node outside it` : undefined;
}

function nameBreaches(file: string, place: Place, facts: SourceFacts): Breach[] {
  if (place.isTest) return [];
  return facts.names.flatMap(({ name, member, line }) => {
    if (name === 'process' && member === 'env' && tellsNativeLibrary.includes(file)) return [];
    const behindGlobal = globalObjects.includes(name) && member !== undefined;
    const rule = behindGlobal ? nameRule(place, member, undefined) : nameRule(place, name, member);
    return rule ? [{ file, line, rule }] : [];
  });
}

function nameRule(place: Place, name: string, member: string | undefined): string | undefined {
  if (name === 'setBackend' || member === 'setBackend') return 'chooses a backend, which is for the app to do';
  if (name === 'console') return 'prints, which is for the app to do';
  if (name === 'globalThis') return 'hands on globalThis, behind which anything may hide';
  if (!place.isNode)
    return name === 'process' || nodeGlobals.includes(name) ? `uses Node's ${name} outside src/node` : undefined;
  if (name !== 'process' || (member !== undefined && !appOnly.includes(member))) return undefined;
  return `uses process${member ? `.${member}` : ''}, which belongs to the app`;
}

/** TensorFlow.js backends, and the umbrella package that registers some. */
function isBackend(specifier: string): boolean {
  return /^@tensorflow\/(tfjs|tfjs-backend-[^/]+|tfjs-node[^/]*)(\/|$)/.test(specifier);
}

function servesBackend(file: string, specifier: string): boolean {
  return Object.entries(backendFolders).some(
    ([folder, backend]) => file.startsWith(folder) && (specifier === backend || specifier.startsWith(`${backend}/`)),
  );
}
