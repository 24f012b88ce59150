import { InputError } from '../input_error';
import type { Row } from '../row';
import { jsonArray } from './json_array';
import { jsonLines } from './json_lines';
import { longestRow } from './text_lines';

/**
 * A `.json` file, which holds either an array or, as many data sets do in spite of its name, one value a line. Its
 * first character tells: `[` begins an array. Either way a value is given on as soon as it is whole.
 */
export async function* jsonValues(chunks: AsyncGenerator<string>, file: string): AsyncGenerator<Row> {
  const blanks: string[] = [];
  for (let length = 0; ; ) {
    const { value, done } = await chunks.next();
    if (done) return;
    const text = value.trimStart();
    const whole = chain([...blanks, value], chunks);
    if (text !== '') return yield* text.startsWith('[') ? jsonArray(whole, file) : jsonLines(whole, file);
    blanks.push(value);
    length += value.length;
    if (length > longestRow) throw new InputError(`${file}: begins with nothing but blanks. Is it the right file?`);
  }
}

async function* chain(first: readonly string[], rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield* first;
  yield* rest;
}
