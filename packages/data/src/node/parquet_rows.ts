import { type FileHandle, open } from 'node:fs/promises';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { InputError } from '../input_error';
import type { Row } from '../row';
import { checkRowGroup } from './parquet_check';
import { unpack } from './parquet_unpack';
import type { NamedFile } from './text_chunks';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Bytes that are no text stay bytes: whoever wants text of that field will say so, and where; nobody else minds. */
const parsers = {
  stringFromBytes: (bytes: Uint8Array | undefined) => {
    try {
      return bytes && decoder.decode(bytes);
    } catch {
      return bytes;
    }
  },
};

/**
 * The rows of a Parquet file, one row group in memory at a time; `line` is the row's number. Whole numbers of 64 bits
 * become numbers, or text where a number would not hold them exactly; dates become ISO text.
 *
 * @throws InputError for a file that is damaged or cut short; the system's error, with its path, for one that cannot be
 * read
 */
export async function* parquetRows({ path, name }: NamedFile): AsyncGenerator<Row> {
  const handle = await open(path);
  try {
    const file = await asBuffer(handle);
    const metadata = await explained(name, 0, () => readMetadata(file));
    let row = 0;
    for (const group of metadata.row_groups) {
      const end = row + Number(group.num_rows);
      const range = { file, metadata, rowStart: row, rowEnd: end, compressors: unpack, parsers, geoparquet: false };
      const values = await explained(name, row, async () => {
        await checkRowGroup(file, metadata, group);
        const found = await parquetReadObjects(range);
        if (found.length !== end - row) throw new Error(`a row group has ${found.length} rows of ${end - row}`);
        return found.map(plain);
      });
      for (const value of values) {
        row += 1;
        yield { file: name, line: row, value };
      }
    }
  } finally {
    await handle.close();
  }
}

async function readMetadata(file: AsyncBuffer): Promise<FileMetaData> {
  const metadata = await parquetMetadataAsync(file, { geoparquet: false });
  const rows = metadata.row_groups.reduce((sum, group) => sum + group.num_rows, 0n);
  if (rows !== metadata.num_rows) throw new Error(`its row groups have ${rows} rows of ${metadata.num_rows}`);
  return metadata;
}

async function asBuffer(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  const slice = async (start: number, end: number): Promise<ArrayBuffer> => {
    if (!(0 <= start && start <= end && end <= size)) throw new Error('it points behind its end');
    const bytes = new Uint8Array(end - start);
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
      if (bytesRead === 0) throw new Error('it became shorter while it was read');
      at += bytesRead;
    }
    return bytes.buffer;
  };
  return {
    byteLength: size,
    slice(start, end = size) {
      const bytes = slice(start, end);
      // The reader asks for pieces ahead, and where one fails it leaves the failures of others unseen.
      bytes.catch(() => {});
      return bytes;
    },
  };
}

/** The reader knows no error classes: whatever is not the system's is about the file. */
async function explained<T>(name: string, row: number, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall !== undefined) throw error;
    const after = row > 0 ? ` after row ${row}` : '';
    throw new InputError(`${name}: is not a readable parquet file${after}: ${message}. Fetch it again.`);
  }
}

/** A value as JSON would hold it. */
function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
