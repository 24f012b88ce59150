import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = createRequire(import.meta.url);
const packages = fileURLToPath(new URL('../../../packages', import.meta.url));

/**
 * A folder as a person has it after `npm install @halokit/losses @tensorflow/tfjs-core`, with files of theirs.
 *
 * @param manifest its package.json
 */
export function ownFolder(files: Readonly<Record<string, string>>, manifest: object = {}): string {
  // Node names modules by their real path.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'own-')));
  const link = (name: string, target: string) => {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(target, join(folder, 'node_modules', name), 'junction');
  };
  link('@halokit/losses', join(packages, 'losses'));
  link('@tensorflow/tfjs-core', dirname(here.resolve('@tensorflow/tfjs-core/package.json')));
  for (const [name, text] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
