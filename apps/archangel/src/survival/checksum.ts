import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** SHA-256 of files, by their path. */
export type Checksums = Readonly<Record<string, string>>;

/** SHA-256 of a file's bytes, as 64 hexadecimal digits. */
export async function checksum(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** The same where there is such a file. */
export async function checksumOfFile(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? checksum(path) : undefined;
}

/** Of every file of weights in a saved model's folder and below, by its path in there. */
export async function weightChecksums(folder: string): Promise<Checksums> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sums: Record<string, string> = {};
  for (const { name, parentPath } of entries) {
    if (!name.endsWith('.safetensors')) continue;
    const path = join(parentPath, name);
    sums[relative(folder, path).split(sep).join('/')] = await checksum(path);
  }
  return sums;
}
