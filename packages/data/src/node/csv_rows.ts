import { type CsvError, parse } from 'csv-parse/sync';
import { type Row, wrong } from '../row';
import { longestRow, textLines } from './text_lines';

const explained: Readonly<Record<string, string>> = {
  INVALID_OPENING_QUOTE: 'has a quote inside a value: put the value in quotes and double the quote',
  CSV_INVALID_CLOSING_QUOTE: 'has something behind a closing quote: double every quote inside a value',
  CSV_QUOTE_NOT_CLOSED: 'has a quote that is never closed',
};

/**
 * Rows of comma- or tab-separated text: the first names the fields, every value is text. Values in quotes may hold line
 * ends; a row's line is the one it begins on. Blank lines are let pass.
 *
 * @throws InputError for quotes that do not match, a row with more or fewer values than the header, a header that names
 * a field twice, and a row of more than 64 Mi characters
 */
export async function* csvRows(
  chunks: AsyncIterable<string>,
  file: string,
  delimiter: ',' | '\t',
): AsyncGenerator<Row> {
  let header: readonly string[] | undefined;
  for await (const { line, text } of records(chunks, file, delimiter)) {
    const place = { file, line };
    const values = parseRecord(text, place, delimiter);
    if (!header) {
      header = values;
      const twice = header.find((name, i) => values.indexOf(name) < i);
      if (twice !== undefined) throw wrong(place, `names the field "${twice}" twice: rename one`);
    } else if (values.length !== header.length) {
      throw wrong(place, `has ${values.length} values, but the header names ${header.length}`);
    } else yield { ...place, value: Object.fromEntries(header.map((name, i) => [name, values[i]])) };
  }
}

/** Lines joined until their quotes come in pairs, as they do in a whole record: a quote within one is written twice. */
async function* records(
  chunks: AsyncIterable<string>,
  file: string,
  delimiter: string,
): AsyncGenerator<{ line: number; text: string }> {
  let pieces: string[] = [];
  let length = 0;
  let quotes = 0;
  let line = 0;
  const begins = () => line + 1 - pieces.length;
  for await (const content of textLines(chunks, file)) {
    line += 1;
    if (pieces.length === 0 && content.trim() === '' && !content.includes(delimiter)) continue;
    pieces.push(content);
    length += content.length;
    quotes += content.split('"').length - 1;
    if (length > longestRow) {
      throw wrong({ file, line: begins() }, 'is too long to be a row: is a quote never closed?');
    }
    if (quotes % 2 !== 0) continue;
    yield { line: begins(), text: pieces.join('\n') };
    [pieces, length, quotes] = [[], 0, 0];
  }
  if (pieces.length > 0) yield { line: begins(), text: pieces.join('\n') };
}

function parseRecord(text: string, place: Pick<Row, 'file' | 'line'>, delimiter: string): string[] {
  // A record's own line end, which the parser would otherwise have to guess from its first.
  const record = text.endsWith('\r') ? text.slice(0, -1) : text;
  try {
    const [values = ['']] = parse(record, { delimiter, record_delimiter: '\0\n\0' });
    return values;
  } catch (error) {
    const { code, message } = error as CsvError;
    throw wrong(place, explained[code] ?? `is not readable: ${message}`);
  }
}
