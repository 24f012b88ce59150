import { crc32c } from './crc32c';

/**
 * Bytes as a record of a TFRecord file: their length, its checksum, they themselves, their checksum.
 *
 *     uint64 length | uint32 masked(crc32c(length)) | bytes | uint32 masked(crc32c(bytes))     little-endian
 */
export function record(content: Uint8Array): Buffer {
  const framed = Buffer.alloc(8 + 4 + content.length + 4);
  framed.writeBigUInt64LE(BigInt(content.length));
  framed.writeUInt32LE(masked(crc32c(framed.subarray(0, 8))), 8);
  framed.set(content, 12);
  framed.writeUInt32LE(masked(crc32c(content)), 12 + content.length);
  return framed;
}

/** Turned and shifted, so that the checksum of bytes that hold their own checksum says something. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
