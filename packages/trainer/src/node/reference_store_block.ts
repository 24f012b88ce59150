import { createHash } from 'node:crypto';
import type { TokenRow } from '@halokit/models';

/** Log-probabilities of response tokens, by the key of their row. */
export type LogpsByRow = ReadonlyMap<string, Float32Array>;

const keyBytes = 32;

/** Bytes before the body of a block, and behind it. */
export const blockEdges = { before: 4, behind: 32 } as const;

/** A SHA-256 over a row's prompt and response, as 64 hexadecimal digits. */
export function rowKey({ prompt, response }: TokenRow): string {
  const ids = new Int32Array(1 + prompt.length + response.length);
  ids[0] = prompt.length;
  ids.set(prompt, 1);
  ids.set(response, 1 + prompt.length);
  return createHash('sha256').update(ids).digest('hex');
}

/**
 * A piece of a file that stands by itself, little-endian:
 *
 *     uint32 bytes of the body, body, SHA-256 of the body
 *     body: uint32 rows; of each row its key and uint32 tokens; of each token a float32
 */
export function writeBlock(rows: LogpsByRow): Buffer {
  const tokens = [...rows.values()].reduce((sum, { length }) => sum + length, 0);
  const body = Buffer.alloc(4 + (keyBytes + 4) * rows.size + 4 * tokens);
  let at = body.writeUInt32LE(rows.size);
  for (const [key, { length }] of rows) {
    at += body.write(key, at, 'hex');
    at = body.writeUInt32LE(length, at);
  }
  for (const logps of rows.values()) for (const logp of logps) at = body.writeFloatLE(logp, at);
  const before = Buffer.alloc(blockEdges.before);
  before.writeUInt32LE(body.length);
  return Buffer.concat([before, body, digest(body)]);
}

/** The rows of a body. */
export function readBody(body: Buffer): Map<string, Float32Array> {
  const count = body.readUInt32LE();
  let row = 4;
  let numbers = 4 + (keyBytes + 4) * count;
  const rows = new Map<string, Float32Array>();
  for (let i = 0; i < count; i++) {
    const key = body.toString('hex', row, row + keyBytes);
    const length = body.readUInt32LE(row + keyBytes);
    const first = numbers;
    rows.set(
      key,
      Float32Array.from({ length }, (_, token) => body.readFloatLE(first + 4 * token)),
    );
    row += keyBytes + 4;
    numbers += 4 * length;
  }
  return rows;
}

export function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
