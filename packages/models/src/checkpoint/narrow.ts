/** Where a number is that is finite, and whose rounding is not. */
export type Overflow = number | undefined;

const infinity = 0x7f800000;

/**
 * Rounds float32 numbers to float16, to nearest and ties to even, by their bits; subnormals as well, and a NaN stays one.
 *
 * @param target as long as `bits`
 * @param bits of the float32 numbers
 * @returns the index of the first finite number that float16 cannot hold (from 65520 on), where there is one
 */
export function toFloat16(target: Uint16Array, bits: Uint32Array): Overflow {
  let overflow: Overflow;
  for (let i = 0; i < bits.length; i++) {
    const all = bits[i] as number;
    const size = all & 0x7fffffff;
    let half: number;
    if (size >= 0x38800000 && size < 0x47800000) {
      // From 2^-14 to below 2^16: the exponent's offset falls by 112, and a carry out of the fraction rightly raises it.
      half = (size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13;
    } else if (size < 0x38800000) {
      half = subnormal(size);
    } else {
      half = size > infinity ? 0x7c00 | payload((size >>> 13) & 0x3ff, 0x200) : 0x7c00;
    }
    if (half === 0x7c00 && size !== infinity) overflow ??= i;
    target[i] = ((all >>> 16) & 0x8000) | half;
  }
  return overflow;
}

/**
 * Rounds float32 numbers to bfloat16, to nearest and ties to even, by their bits; a NaN stays one.
 *
 * @param target as long as `bits`
 * @param bits of the float32 numbers
 * @returns the index of the first finite number that bfloat16 cannot hold (from about 3.396e38 on), where there is one
 */
export function toBfloat16(target: Uint16Array, bits: Uint32Array): Overflow {
  let overflow: Overflow;
  for (let i = 0; i < bits.length; i++) {
    const all = bits[i] as number;
    const size = all & 0x7fffffff;
    const brain =
      size > infinity ? 0x7f80 | payload((size >>> 16) & 0x7f, 0x40) : (size + 0x7fff + ((size >>> 16) & 1)) >>> 16;
    if (brain === 0x7f80 && size !== infinity) overflow ??= i;
    target[i] = ((all >>> 16) & 0x8000) | brain;
  }
  return overflow;
}

/** Below 2^-14, float16 counts in steps of 2^-24. */
function subnormal(size: number): number {
  // A float32 below 2^-126 has no leading 1, and is 0 here in any case.
  const shift = 126 - (size >>> 23);
  if (shift > 24) return 0;
  const fraction = (size & 0x7fffff) | 0x800000;
  return (fraction + (1 << (shift - 1)) - 1 + ((fraction >>> shift) & 1)) >>> shift;
}

/** What is left of a NaN's payload; where that is nothing it would read as infinity, so the quiet bit is set. */
function payload(kept: number, quiet: number): number {
  return kept === 0 ? quiet : kept;
}
