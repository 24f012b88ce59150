import { type Row, wrong } from '../row';
import { parseJson } from './json_lines';
import { longestRow } from './text_lines';

const [quote, backslash, comma, open, close, openBrace, closeBrace, newline] = [...'"\\,[]{}\n'].map((c) =>
  c.charCodeAt(0),
);

/**
 * The elements of a JSON array, each with the line it begins on and parsed as soon as it is whole: memory does not grow
 * with the array. Only strings, brackets and commas are looked at here; what lies between is for the JSON parser.
 *
 * @throws InputError for an element that is not JSON or longer than 64 Mi characters, for an array without an end, and
 * for anything but blanks behind its end
 */
export async function* jsonArray(chunks: AsyncIterable<string>, file: string): AsyncGenerator<Row> {
  let line = 1;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let ended = false;
  // The element being read: where it begins, and its text so far.
  let begins = 0;
  let pieces: string[] = [];
  let length = 0;
  let elements = 0;

  const element = (text: string, last: boolean): Row[] => {
    const json = pieces.join('') + text;
    const nothing = begins === 0;
    const place = { file, line: begins || line };
    [pieces, length, begins] = [[], 0, 0];
    if (last && elements === 0 && nothing) return [];
    elements += 1;
    return [{ ...place, value: parseJson(json, place) }];
  };

  for await (const chunk of chunks) {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk.charCodeAt(i);
      if (c === newline) line += 1;
      if (inString) {
        if (escaped) escaped = false;
        else if (c === backslash) escaped = true;
        else if (c === quote) inString = false;
        continue;
      }
      if (isBlank(c)) continue;
      if (ended) throw wrong({ file, line }, 'has something behind the end of the array: keep one array in a file');
      if (depth === 0) {
        // The caller has seen that the text begins with a bracket.
        depth = 1;
        from = i + 1;
        continue;
      }
      if (depth === 1 && (c === comma || c === close)) {
        yield* element(chunk.slice(from, i), c === close);
        from = i + 1;
        if (c === close) [depth, ended] = [0, true];
        continue;
      }
      begins ||= line;
      if (c === quote) inString = true;
      else if (c === open || c === openBrace) depth += 1;
      else if (c === close || c === closeBrace) depth -= 1;
      if (depth === 0) throw wrong({ file, line }, 'closes a brace that was not opened');
    }
    if (ended || depth === 0) continue;
    pieces.push(chunk.slice(from));
    length += chunk.length - from;
    if (length > longestRow) throw wrong({ file, line: begins || line }, 'is too long to be a row');
  }
  if (!ended) throw wrong({ file, line: begins || line }, 'the array has no end: the file is cut short');
}

function isBlank(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}
