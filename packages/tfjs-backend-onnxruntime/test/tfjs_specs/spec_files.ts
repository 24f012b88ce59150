import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const ending = '_test.js';

/** Where the compiled modules of `@tensorflow/tfjs-core` lie, its spec files among them. */
export const coreFolder = join(
  dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json')),
  'dist',
);

/** The spec files that `@tensorflow/tfjs-core` ships, sorted and without their ending: `ops/add`. */
export function allSpecFiles(): string[] {
  return readdirSync(coreFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length).replaceAll('\\', '/'))
    .sort();
}

/** @throws Error when a name is not that of a spec file, so that nothing is left out in silence */
export function checkSpecFiles(files: readonly string[]): void {
  const known = new Set(allSpecFiles());
  const unknown = files.filter((file) => !known.has(file));
  if (unknown.length > 0) throw new Error(`tfjs-core has no spec file ${unknown.join(', ')}.`);
}

export function specPath(file: string): string {
  return join(coreFolder, file + ending);
}
