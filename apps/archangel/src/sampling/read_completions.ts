import { readFile } from 'node:fs/promises';
import { type Completion, parseCompletion } from '@halokit/evaluation';
import { InputError } from '../input_error';

/** The answers of a file, and the byte behind each of their lines. */
export interface ReadCompletions {
  readonly completions: readonly Completion[];
  readonly ends: readonly number[];
}

/**
 * Reads a file of completions as `archangel sample` writes it.
 *
 * @param begun the file may be missing, or its last line cut off: then there is that much less
 * @throws InputError for a line that is no completion, naming file, line and field
 */
export async function readCompletions(file: string, { begun = false } = {}): Promise<ReadCompletions> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (begun && error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  const rest = lines.pop() as string;
  if (rest !== '' && !begun) {
    throw new InputError(`${file}:${lines.length + 1}: is cut off: end the sampling first, with the same command.`);
  }
  const ends: number[] = [];
  const completions = lines.map((line, i) => {
    ends.push((ends.at(-1) ?? 0) + Buffer.byteLength(line) + 1);
    return parseCompletion(line, `${file}:${i + 1}`);
  });
  return { completions, ends };
}
