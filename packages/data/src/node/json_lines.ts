import { type Row, wrong } from '../row';
import { textLines } from './text_lines';

/** One JSON value a line; blank lines and Windows line ends are let pass. @throws InputError for a line that is not JSON */
export async function* jsonLines(chunks: AsyncIterable<string>, file: string): AsyncGenerator<Row> {
  let line = 0;
  for await (const content of textLines(chunks, file)) {
    line += 1;
    if (content.trim() !== '') yield { file, line, value: parseJson(content, { file, line }) };
  }
}

/** @throws InputError naming the place */
export function parseJson(json: string, place: Pick<Row, 'file' | 'line'>): unknown {
  try {
    return JSON.parse(json);
  } catch {
    const start = json.length > 40 ? `${json.slice(0, 40)}…` : json;
    throw wrong(place, `is not JSON: ${start.trim() || 'nothing is there'}`);
  }
}
