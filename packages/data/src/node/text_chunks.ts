import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../input_error';

/** A file, and the name by which rows and errors speak of it. */
export interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/**
 * A file's text, piece by piece, without its byte-order mark; `.gz` is unpacked on the way.
 *
 * @throws InputError for text that is not UTF-8 and for a gzip file that is damaged or cut short, saying after which
 * line; the system's error, with its path, for a file that cannot be read
 */
export async function* textChunks({ path, name }: NamedFile): AsyncGenerator<string> {
  const source = createReadStream(path);
  // The loop below sees every failure; the callback only keeps it from being thrown a second time.
  const bytes = path.endsWith('.gz') ? pipeline(source, createGunzip(), () => {}) : source;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let lines = 0;
  try {
    for await (const chunk of bytes) {
      const text = decoder.decode(chunk as Uint8Array, { stream: true });
      yield text;
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
    }
    decoder.decode();
  } catch (error) {
    throw explain(error, name, lines);
  } finally {
    source.destroy();
  }
}

function explain(error: unknown, name: string, line: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const after = line > 0 ? ` after line ${line}` : '';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return new InputError(`${name}: is not UTF-8 text${after}.`);
  if (!code?.startsWith('Z_')) return error;
  const what = code === 'Z_BUF_ERROR' ? 'is cut short' : 'is not a readable gzip file';
  return new InputError(`${name}: ${what}${after}. Fetch it again.`);
}
