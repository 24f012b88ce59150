import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This package's folder. */
export const packageFolder = fileURLToPath(new URL('..', import.meta.url));

/** A folder with the programs of the README in it, each under the name in its first line, which finds the packages' sources. */
export async function readmePrograms(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'readme-'));
  const readme = await readFile(join(packageFolder, 'README.md'), 'utf8');
  for (const [, text, name] of readme.matchAll(/^```ts\n(\/\/ (\S+\.ts)\n.*?)^```$/gms)) {
    await writeFile(join(folder, name as string), text as string);
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await link(folder, '@halokit/trainer', packageFolder);
  const own = ['data', 'losses', 'models', 'tfjs-backend-onnxruntime'].map((name) => `@halokit/${name}`);
  for (const name of [...own, '@tensorflow/tfjs', '@tensorflow/tfjs-core']) {
    await link(folder, name, join(packageFolder, 'node_modules', name));
  }
  return folder;
}

async function link(folder: string, name: string, target: string): Promise<void> {
  const path = join(folder, 'node_modules', name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path, 'junction');
}
