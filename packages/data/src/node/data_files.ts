import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../input_error';

/** What `readRows` reads, each but Parquet also with `.gz` behind it. */
export const formats = ['jsonl', 'ndjson', 'json', 'csv', 'tsv', 'parquet'] as const;
export type Format = (typeof formats)[number];

/** A file's format by its name, or nothing. A name without any ending is taken for `.jsonl`, as pipes have none. */
export function formatOf(path: string): Format | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
  if (!name.slice(1).includes('.')) return 'jsonl';
  const format = formats.find((known) => name.endsWith(`.${known}`) || name.endsWith(`.${known}.gz`));
  return format === 'parquet' && name.endsWith('.gz') ? undefined : format;
}

/**
 * The data files a path stands for: a file itself, or those of a folder and the folders in it, in the order of their
 * names, as paths relative to it. Files of other kinds, and what begins with a dot, are left alone.
 *
 * @throws InputError for a file of no known kind and a folder without any; the system's error where there is neither
 */
export async function dataFiles(path: string): Promise<{ readonly folder?: string; readonly files: string[] }> {
  if (!(await stat(path)).isDirectory()) {
    if (formatOf(path)) return { files: [path] };
    throw new InputError(`${path}: is none of ${kinds}. Convert it to one of them.`);
  }
  const files = await within(path, '');
  if (files.length === 0) throw new InputError(`${path}: holds no files of ${kinds}. Is it the right folder?`);
  return { folder: path, files };
}

const kinds = formats.map((format) => `.${format}`).join(', ');

async function within(folder: string, prefix: string): Promise<string[]> {
  const found: string[] = [];
  // By code units, so that the order is the same everywhere.
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    // A link to a file is read, as caches keep their files that way; one to a folder might lead in a circle.
    const isFile = entry.isFile() || (entry.isSymbolicLink() && (await stat(path)).isFile());
    if (entry.isDirectory()) found.push(...(await within(path, `${prefix}${entry.name}/`)));
    else if (isFile && entry.name.includes('.') && formatOf(entry.name)) found.push(`${prefix}${entry.name}`);
  }
  return found;
}
