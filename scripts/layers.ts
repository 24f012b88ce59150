// Which package may build on which, and whether a manifest keeps to it.

/** The packages that each package may import. A new package is refused until it has a line here. */
export const layers: Readonly<Record<string, readonly string[]>> = {
  hub: [],
  losses: [],
  data: ['hub'],
  models: ['hub'],
  'tfjs-backend-onnxruntime': [],
  distributed: [],
  trainer: ['losses', 'data', 'models'],
  evaluation: ['losses', 'data', 'models'],
};

/** Packages that the tests of every package may run on, as a development dependency. */
export const underTests: readonly string[] = ['tfjs-backend-onnxruntime', 'distributed'];

export interface Breach {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
}

/** `losses` for `@halokit/losses` and what lies below it. */
export function packageOf(specifier: string): string | undefined {
  return /^@halokit\/([^/]+)/.exec(specifier)?.[1];
}

/** Breaches of a package's manifest: it may depend only on the packages that it may import. */
export function manifestBreaches(file: string, text: string): Breach[] {
  const [group, name = ''] = file.split('/');
  if (group === 'apps') return [];
  const allowed = layers[name];
  if (!allowed) return [{ file, line: 1, rule: `gives ${name} no layer: add it to scripts/layers.ts` }];
  const manifest: Record<string, Record<string, string> | undefined> = JSON.parse(text);
  const named = (kind: string) => Object.keys(manifest[kind] ?? {}).flatMap((name) => packageOf(name) ?? []);
  const published = ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap(named);
  const tests = named('devDependencies').filter((other) => !underTests.includes(other));
  const banned = [...published, ...tests].filter((other) => !allowed.includes(other));
  return banned.map((other) => ({ file, line: 1, rule: `makes ${name} depend on ${other}` }));
}
