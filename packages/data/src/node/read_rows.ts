import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../input_error';
import { type Row, wrong } from '../row';

/** In characters. A "line" past it is no row of feedback, and would fill the memory before anyone could say so. */
const longestLine = 64 * 2 ** 20;

/**
 * The rows of a `.jsonl` or `.jsonl.gz` file, one JSON value a line, as a stream: memory does not grow with the file.
 * Blank lines, a byte-order mark and Windows line ends are let pass.
 *
 * @throws InputError for a line that is not JSON, text that is not UTF-8, a gzip file that is damaged or cut short, a
 * line of more than 64 Mi characters, and a file without rows; the system's error, with its path, for a file that
 * cannot be read
 */
export async function* readRows(file: string): AsyncGenerator<Row> {
  let line = 0;
  let rows = 0;
  try {
    for await (const content of readLines(file)) {
      line += 1;
      if (content.trim() === '') continue;
      rows += 1;
      yield { file, line, value: parse(content, file, line) };
    }
  } catch (error) {
    throw explain(error, file, line);
  }
  if (rows === 0) throw new InputError(`${file}: holds no rows. Is it the right file?`);
}

async function* readLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  // The loop below sees every failure; the callback only keeps it from being thrown a second time.
  const bytes = file.endsWith('.gz') ? pipeline(source, createGunzip(), () => {}) : source;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  // An unfinished line's pieces, joined when it is whole: to append to it and split it again would be quadratic.
  let pieces: string[] = [];
  let length = 0;
  let line = 1;
  try {
    for await (const chunk of bytes) {
      const ends = decoder.decode(chunk as Uint8Array, { stream: true }).split('\n');
      const rest = ends.pop() as string;
      for (const end of ends) {
        yield pieces.join('') + end;
        pieces = [];
        length = 0;
        line += 1;
      }
      pieces.push(rest);
      length += rest.length;
      if (length > longestLine) throw wrong({ file, line }, 'is too long to be a row: write one JSON value a line');
    }
    pieces.push(decoder.decode());
  } finally {
    source.destroy();
  }
  if (length > 0) yield pieces.join('');
}

function parse(json: string, file: string, line: number): unknown {
  try {
    return JSON.parse(json);
  } catch {
    const start = json.length > 40 ? `${json.slice(0, 40)}…` : json;
    throw wrong({ file, line }, `is not JSON: ${start.trim()}`);
  }
}

function explain(error: unknown, file: string, line: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const after = line > 0 ? ` after line ${line}` : '';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return new InputError(`${file}: is not UTF-8 text${after}.`);
  if (!code?.startsWith('Z_')) return error;
  const what = code === 'Z_BUF_ERROR' ? 'is cut short' : 'is not a readable gzip file';
  return new InputError(`${file}: ${what}${after}. Fetch it again.`);
}
