let table: Float32Array | undefined;

/** The float32 numbers of float16 ones, given by their bits. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 1 << 16 }, (_, i) => numberOf(i));
  const numbers = table;
  return Float32Array.from(bits, (i) => numbers[i] as number);
}

/** Sign, 5 bits of exponent and 10 of fraction, by IEEE 754. */
function numberOf(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
