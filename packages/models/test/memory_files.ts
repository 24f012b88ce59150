import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointFiles } from '../src/checkpoint/checkpoint_files';
import { fixture } from './oracle';

/** A checkpoint in memory, and what was done with it. */
export interface MemoryFiles extends CheckpointFiles {
  /** Bytes of each read, in order. */
  readonly reads: number[];
  /** Files opened and not closed. */
  openFiles: number;
}

export type Contents = Readonly<Record<string, Uint8Array>>;

export function memoryFiles(contents: Contents): MemoryFiles {
  const files: MemoryFiles = {
    name: 'memory',
    reads: [],
    openFiles: 0,
    async open(name) {
      const bytes = Object.hasOwn(contents, name) ? contents[name] : undefined;
      if (!bytes) return undefined;
      files.openFiles++;
      return {
        size: bytes.length,
        async read(start, end) {
          if (!(start >= 0 && start <= end && end <= bytes.length)) throw new Error(`read ${start} to ${end}`);
          files.reads.push(end - start);
          return bytes.slice(start, end);
        },
        async close() {
          files.openFiles--;
        },
      };
    },
  };
  return files;
}

/** The files of an oracle checkpoint that a reader may ask for. */
export function oracleContents(name: string): Record<string, Uint8Array> {
  const files = readdirSync(fixture(name)).filter((file) => file !== 'expected.json');
  return Object.fromEntries(files.map((file) => [file, new Uint8Array(readFileSync(join(fixture(name), file)))]));
}

export type Header = Record<string, unknown>;

/** The header of a safetensors file. */
export function headerOf(bytes: Uint8Array): Header {
  return JSON.parse(new TextDecoder().decode(bytes.subarray(8, dataStart(bytes))));
}

/** The same file with another header; a text stands as it is. */
export function withHeader(bytes: Uint8Array, header: Header | string): Uint8Array {
  return joined(header, bytes.subarray(dataStart(bytes)));
}

/** A safetensors file of a header and its data. */
export function joined(header: Header | string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

export function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function dataStart(bytes: Uint8Array): number {
  return 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
}
