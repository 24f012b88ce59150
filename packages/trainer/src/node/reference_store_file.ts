import { type FileHandle, open, rename } from 'node:fs/promises';
import { InputError } from '../input_error';
import { blockEdges, digest, type LogpsByRow, readBody, writeBlock } from './reference_store_block';

// A file is a line of JSON and then blocks. Whoever is killed in the middle leaves whole blocks and the beginning of one.
const format = 'halokit reference log-probabilities';
const version = 1;

/** What the name of a file ends in that is being written, or was when its process ended. */
export const aside = '.partial';

/** A file that grows block by block. */
export interface GrowingFile {
  /** The rows are in the file when it resolves. */
  append(rows: LogpsByRow): Promise<void>;
  /** Brings all of it to the disk and gives the file its name. After an append that failed it keeps the one it has. */
  end(): Promise<void>;
}

/** Begins a new file under the name with `.partial`. @throws the system's error, with the path */
export async function createFile(path: string, model: string): Promise<GrowingFile> {
  const partial = path + aside;
  const file = await open(partial, 'wx');
  let whole = true;
  const write = async (bytes: Uint8Array) => {
    try {
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
    } catch (error) {
      whole = false;
      throw Object.assign(error as Error, { path: partial });
    }
  };
  const end = async () => {
    if (whole) await file.sync().finally(() => file.close());
    else await file.close();
    if (whole) await rename(partial, path);
  };
  await write(Buffer.from(`${JSON.stringify({ format, version, model })}\n`)).catch(async (error) => {
    await end();
    throw error;
  });
  return { append: (rows) => write(writeBlock(rows)), end };
}

/** What a file holds, and where it stops making sense, if it does. */
export interface FileContents {
  readonly rows: LogpsByRow;
  readonly damage?: string;
}

/** Reads a file up to its end, or to the first block that is not whole. @throws InputError for another model or version */
export async function readFile(path: string, model: string): Promise<FileContents> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const rows = new Map<string, Float32Array>();
    let at = await readHeader(file, path, model);
    if (at === undefined) return { rows, damage: 'from its first byte on' };
    while (at < size) {
      const body = await readBlock(file, at, size);
      if (!body) return { rows, damage: `from byte ${at} on` };
      for (const [key, logps] of readBody(body)) rows.set(key, logps);
      at += blockEdges.before + body.length + blockEdges.behind;
    }
    return { rows };
  } finally {
    await file.close();
  }
}

/** @returns where the first block begins; `undefined` for a header that is not whole */
async function readHeader(file: FileHandle, path: string, model: string): Promise<number | undefined> {
  const bytes = await readAt(file, 0, 1024);
  const end = bytes.indexOf('\n');
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(bytes.toString('utf8', 0, Math.max(end, 0)));
  } catch {
    return undefined;
  }
  const is =
    (header.format !== format && 'holds no log-probabilities of a reference') ||
    (header.version !== version && `is of version ${header.version}, and ${version} is known`) ||
    (header.model !== model && `is of another model, ${header.model}`);
  if (is) throw new InputError(`${path}: ${is}. Move it away.`);
  return end + 1;
}

/** The body of the block that begins there; `undefined` where it is cut off or has not its checksum. */
async function readBlock(file: FileHandle, at: number, size: number): Promise<Buffer | undefined> {
  const { before, behind } = blockEdges;
  const head = await readAt(file, at, before);
  const length = head.length === before ? head.readUInt32LE() : Number.POSITIVE_INFINITY;
  if (at + before + length + behind > size) return undefined;
  const bytes = await readAt(file, at + before, length + behind);
  const body = bytes.subarray(0, length);
  return digest(body).equals(bytes.subarray(length)) ? body : undefined;
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, at + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}
