import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file of a folder: its name, and its bytes from first to last. */
export interface FolderFile {
  readonly name: string;
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export function textFiles(files: Readonly<Record<string, string>>): FolderFile[] {
  return Object.entries(files).map(([name, content]) => ({ name, chunks: [Buffer.from(content)] }));
}

/**
 * Writes a folder aside, as `.NAME.PID.partial` beside its place, and puts it there at the end: a crash, a full disk or a
 * loss of power leaves what was there. Files are written in their order, so the bytes of a last one may tell of the others.
 *
 * @throws the system's error (ENOSPC, EACCES), with the path, after clearing away what was begun
 */
export async function writeFolder(folder: string, files: readonly FolderFile[]): Promise<void> {
  const aside = join(dirname(folder), `.${basename(folder)}.${process.pid}.partial`);
  await mkdir(dirname(folder), { recursive: true });
  await rm(aside, { recursive: true, force: true });
  try {
    await mkdir(aside);
    for (const { name, chunks } of files) await writeFile(join(aside, name), chunks);
    await syncFolder(aside);
    await replace(folder, aside);
    await syncFolder(dirname(folder));
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (error instanceof Error && 'code' in error && !('path' in error)) Object.assign(error, { path: folder });
    throw error;
  }
}

/** Puts a finished folder in another's place, which comes back if that fails. */
async function replace(folder: string, finished: string): Promise<void> {
  const old = join(dirname(folder), `.${basename(folder)}.${process.pid}.old`);
  const replaced = await rename(folder, old).then(
    () => true,
    () => false,
  );
  try {
    await rename(finished, folder);
  } catch (error) {
    if (replaced) await rename(old, folder);
    throw error;
  }
  if (replaced) await rm(old, { recursive: true, force: true });
}

/** On the disk, not only on its way there, before it counts as written. */
async function writeFile(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const chunk of chunks) {
      let written = 0;
      while (written < chunk.length) written += (await file.write(chunk, written)).bytesWritten;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The names in a folder, too, where the system can: Windows opens no folders, and needs not. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
