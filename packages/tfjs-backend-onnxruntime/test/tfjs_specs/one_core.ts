import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { coreFolder } from './spec_files';

const packageName = '@tensorflow/tfjs-core';

/**
 * Sends every import of tfjs-core, by whomever, to the ES modules that the spec files import too. Node's own choice would
 * be the prebuilt CommonJS copy, with an engine and classes of its own.
 */
export const oneCore: Plugin = {
  name: 'one-core',
  setup(build) {
    build.onResolve({ filter: /^@tensorflow\/tfjs-core($|\/)/ }, ({ path }) => ({ path: moduleFile(path) }));
  },
};

function moduleFile(specifier: string): string {
  if (specifier === packageName) return join(coreFolder, 'index.js');
  const path = join(coreFolder, '..', specifier.slice(packageName.length));
  const candidates = [path, `${path}.js`, join(path, 'index.js')];
  const file = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  if (file === undefined) throw new Error(`tfjs-core has no module ${specifier}.`);
  return file;
}

/** @throws Error when one of a bundle's inputs is a prebuilt copy of tfjs-core */
export function checkOneCore(inputs: readonly string[]): void {
  const prebuilt = inputs.filter((input) => /\/tf-core\.[\w.]+\.js$/.test(input));
  if (prebuilt.length > 0) throw new Error(`A second copy of tfjs-core got into the bundle: ${prebuilt.join(', ')}.`);
}
