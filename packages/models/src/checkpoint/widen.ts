import type { WeightDtype } from './dtypes';

/**
 * Writes numbers of a checkpoint's dtype, little endian, into `target` from index `at` on, as float32. Exact: bits are
 * moved and none is lost, those of a NaN included.
 */
export function widenInto(target: Float32Array, at: number, bytes: Uint8Array, dtype: WeightDtype): void {
  if (dtype === 'F32') {
    new Uint8Array(target.buffer, target.byteOffset).set(bytes, at * 4);
    return;
  }
  const halves = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  const source = new Uint16Array(halves.buffer, halves.byteOffset, halves.byteLength / 2);
  const bits = new Uint32Array(target.buffer, target.byteOffset + at * 4, source.length);
  if (dtype === 'BF16') {
    for (let i = 0; i < source.length; i++) bits[i] = (source[i] as number) << 16;
  } else {
    const table = float16Bits();
    for (let i = 0; i < source.length; i++) bits[i] = table[source[i] as number] as number;
  }
}

let float16Table: Uint32Array | undefined;

/** The float32 bits of each of the 65,536 float16 numbers. */
function float16Bits(): Uint32Array {
  float16Table ??= Uint32Array.from({ length: 2 ** 16 }, (_, half) => bitsOfFloat16(half));
  return float16Table;
}

function bitsOfFloat16(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal: fraction x 2^-24 is a normal float32 whose leading bit is implied.
  const leading = 31 - Math.clz32(fraction);
  return sign | ((leading + 103) << 23) | ((fraction << (23 - leading)) & 0x7fffff);
}
