import { appendFile, readFile } from 'node:fs/promises';
import { writeWhole } from '../stages/run_folder';

/** The lines of a log that were written up to a step; none where there is no log. A line that was cut off is left out. */
export async function readLog<T extends { step: number }>(path: string, upTo: number): Promise<T[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): T => JSON.parse(line))
    .filter(({ step }) => step <= upTo);
}

/** Begins a log, or cuts one back to a step from which a run goes on. */
export async function cutLog(path: string, upTo: number): Promise<void> {
  const lines = upTo === 0 ? [] : await readLog(path, upTo);
  await writeWhole(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** Adds lines to a log. */
export async function appendLog(path: string, lines: readonly { readonly step: number }[]): Promise<void> {
  await appendFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
