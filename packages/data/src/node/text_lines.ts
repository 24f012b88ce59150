import { wrong } from '../row';

/** In characters. A row past it is none of feedback, and would fill the memory before anyone could say so. */
export const longestRow = 64 * 2 ** 20;

/**
 * The lines of a text that comes in pieces, without their `\n`; a last one needs none.
 *
 * @throws InputError for a line of more than 64 Mi characters
 */
export async function* textLines(chunks: AsyncIterable<string>, file: string): AsyncGenerator<string> {
  // An unfinished line's pieces, joined when it is whole: to append to it and split it again would be quadratic.
  let pieces: string[] = [];
  let length = 0;
  let line = 1;
  for await (const chunk of chunks) {
    const ends = chunk.split('\n');
    const rest = ends.pop() as string;
    for (const end of ends) {
      yield pieces.join('') + end;
      pieces = [];
      length = 0;
      line += 1;
    }
    pieces.push(rest);
    length += rest.length;
    if (length > longestRow) throw wrong({ file, line }, 'is too long to be a row: write one row a line');
  }
  if (length > 0) yield pieces.join('');
}
