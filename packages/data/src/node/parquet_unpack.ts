import { compressors } from 'hyparquet-compressors';

/** The library's decompressors, but for pages that hold nothing, which its LZ4 refuses. */
export const unpack: typeof compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, length: number) => (length === 0 ? new Uint8Array(0) : decompress(input, length)),
  ]),
);
