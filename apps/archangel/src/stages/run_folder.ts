import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { InputError } from '../input_error';

/** The file that says a folder is a run's. */
export const configFile = 'config.yaml';

/**
 * Makes the folder of a run and writes its resolved config there.
 *
 * @throws InputError when it holds something: a run only with `overwrite`, anything else in any case
 */
export async function openRunFolder(path: string, config: object, overwrite: boolean): Promise<void> {
  const there = await readdir(path).catch((): string[] => []);
  if (there.length > 0) {
    if (!there.includes(configFile)) {
      throw new InputError(`${path}: is not empty and not a run's folder. Choose another with --out.`);
    }
    if (!overwrite)
      throw new InputError(`${path}: holds a run. Choose another folder with --out, or pass --overwrite.`);
    await rm(path, { recursive: true });
  }
  await mkdir(path, { recursive: true });
  await writeWhole(join(path, configFile), stringify(config));
}

/** Writes a file aside, to the disk, and renames it, so that no half of it is ever seen. */
export async function writeWhole(path: string, content: string): Promise<void> {
  const aside = `${path}.partial`;
  try {
    const file = await open(aside, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
