import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a module as a page's script and writes a page that runs it.
 *
 * @param module its text
 * @param resolveDir where its imports are resolved
 */
export async function writePage(folder: string, name: string, module: string, resolveDir: string): Promise<void> {
  await build({
    stdin: { contents: module, resolveDir, sourcefile: `${name}.ts`, loader: 'ts' },
    outfile: join(folder, `${name}.js`),
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    conditions: ['@halokit/source'],
    logLevel: 'error',
  });
  const page = [
    '<!doctype html>',
    '<meta charset="utf-8">',
    '<link rel="icon" href="data:,">',
    '<input type="file" multiple>',
    '<p id="text"></p>',
    `<script type="module" src="${name}.js"></script>`,
  ];
  await writeFile(join(folder, `${name}.html`), page.join('\n'));
}
