import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { checkOneCore, oneCore } from './one_core';
import { specPath } from './spec_files';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Inside the package, so that what stays outside the bundle resolves from the package's own dependencies. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

/** CommonJS modules in the bundle call `require`, which ES modules lack. */
const banner = `import { createRequire as requireFrom } from 'node:module';
const require = requireFrom(import.meta.url);`;

/**
 * Bundles the harness, a backend and the spec files into one ES module for Node.
 *
 * @param backend name of a module in `backends/`
 * @returns a fresh folder to remove after use, and the module in it
 */
export async function bundle(files: readonly string[], backend: string): Promise<{ folder: string; module: string }> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'tfjs_specs_'));
  const module = join(folder, 'specs.mjs');
  const built = await build({
    stdin: { contents: entry(files, backend), resolveDir: here, sourcefile: 'entry.ts', loader: 'ts' },
    outfile: module,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    // tfjs-core declares its spec files free of side effects: they would be dropped.
    ignoreAnnotations: true,
    // Specs compare the names of classes.
    keepNames: true,
    external: ['jasmine-core', 'koffi', 'onnxruntime-node'],
    banner: { js: banner },
    plugins: [oneCore],
    metafile: true,
    logLevel: 'error',
  });
  checkOneCore(Object.keys(built.metafile.inputs));
  return { folder, module };
}

/** Spec files are imported one by one, later: what they describe depends on the backend being there. */
function entry(files: readonly string[], backend: string): string {
  const loaders = files.map((file) => `${JSON.stringify(file)}: () => import(${JSON.stringify(specPath(file))}),`);
  return [
    `import { runSpecs } from './harness';`,
    `import { testEnv } from ${JSON.stringify(`./backends/${backend}`)};`,
    `await runSpecs(testEnv, {`,
    ...loaders,
    `});`,
  ].join('\n');
}
