import koffi from 'koffi';

/** Bytes of a C string, in memory that does not move. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(`${text}\0`);
  return new Uint8Array(bytes.buffer);
}

/** Makes a call with the addresses of two arrays of C strings, names and values, which lie there while it is made. */
export function withSettings<T>(
  settings: Readonly<Record<string, string | number>>,
  call: (keys: bigint, values: bigint, count: bigint) => T,
): T {
  const held: unknown[] = [];
  const list = (texts: readonly string[]) => {
    const strings = texts.map(cString);
    // An array of nothing would have no address.
    const pointers = BigUint64Array.from([...strings.map((text) => koffi.address(text)), 0n]);
    held.push(strings, pointers);
    return koffi.address(pointers.buffer);
  };
  const keys = list(Object.keys(settings));
  const values = list(Object.values(settings).map(String));
  try {
    return call(keys, values, BigInt(Object.keys(settings).length));
  } finally {
    held.length = 0;
  }
}
