import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBfloat16, toFloat16 } from './narrow';
import { widenInto } from './widen';

const formats = { F16: toFloat16, BF16: toBfloat16 } as const;
type Dtype = keyof typeof formats;

const bitsOf = (numbers: Float32Array) => new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
const fromBits = (...bits: number[]) => new Float32Array(Uint32Array.from(bits).buffer);

function narrow(numbers: Float32Array, dtype: Dtype): Uint16Array {
  const halves = new Uint16Array(numbers.length);
  formats[dtype](halves, bitsOf(numbers));
  return halves;
}

function widen(halves: Uint16Array, dtype: Dtype): Float32Array {
  const numbers = new Float32Array(halves.length);
  widenInto(numbers, 0, new Uint8Array(halves.buffer, halves.byteOffset, halves.byteLength), dtype);
  return numbers;
}

const everyHalf = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);

/** What the standard says of a float16 number, in arithmetic. */
function float16(half: number): number {
  const [sign, exponent, fraction] = [half & 0x8000 ? -1 : 1, (half >> 10) & 0x1f, half & 0x3ff];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

test('all float16 numbers widen to what the standard says they are', () => {
  expect(widen(everyHalf, 'F16')).toEqual(Float32Array.from(everyHalf, float16));
});

test('bfloat16 numbers widen to the float32 whose upper half they are', () => {
  const bf = Uint16Array.from([0x3f80, 0xc000, 0x7f80, 0x8000, 0x0001]);
  expect([...widen(bf, 'BF16')]).toEqual([1, -2, Number.POSITIVE_INFINITY, -0, 2 ** -133]);
});

test('bytes that lie anywhere widen alike, and into the middle of a target', () => {
  const bytes = Uint8Array.from([9, 0x00, 0x3c, 0x00, 0xc0]).subarray(1);
  const target = Float32Array.from([7, 0, 0, 7]);
  widenInto(target, 1, bytes, 'F16');
  expect([...target]).toEqual([7, 1, -2, 7]);
  const floats = new Uint8Array(Float32Array.from([0, 5]).buffer).subarray(3, 8);
  widenInto(target, 2, floats.subarray(1), 'F32');
  expect([...target]).toEqual([7, 1, 5, 7]);
});

describe.each(['F16', 'BF16'] as const)('%s', (dtype) => {
  test('every number of 16 bits comes back as it was, NaNs with their payload', () => {
    expect(narrow(widen(everyHalf, dtype), dtype)).toEqual(everyHalf);
  });

  test('any number goes to the nearest, and halfway to the even one', () => {
    const finite = widen(everyHalf, dtype).filter(Number.isFinite);
    const sorted = finite.sort();
    const check = (x: number) => {
      const numbers = Float32Array.of(x);
      const half = narrow(numbers, dtype)[0] as number;
      const rounded = widen(Uint16Array.of(half), dtype)[0] as number;
      if (!Number.isFinite(rounded)) return;
      // Both neighbours of x among the numbers of 16 bits, by bisection.
      let [low, high] = [0, sorted.length - 1];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((sorted[middle] as number) <= x) low = middle;
        else high = middle;
      }
      const [below, above] = [sorted[low] as number, sorted[high] as number];
      const [down, up] = [x - below, above - x];
      if (down === up) expect(half & 1, `${x}`).toBe(0);
      else expect(rounded, `${x}`).toBe(down < up ? below : above);
    };
    const largest = sorted.at(-1) as number;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (bits) => {
        const [x] = fromBits(bits);
        if (Math.abs(x as number) <= largest) check(x as number);
      }),
      { numRuns: 5000 },
    );
    // Halfway between neighbours and beside it, subnormals included.
    for (let i = 1; i < sorted.length; i += 7) {
      const middle = Math.fround(((sorted[i - 1] as number) + (sorted[i] as number)) / 2);
      const [bits] = bitsOf(Float32Array.of(middle)) as unknown as [number];
      for (const x of fromBits(bits, bits - 1, bits + 1)) if (Math.abs(x) <= largest) check(x);
    }
  });

  test('a NaN stays one, with its sign, even where its payload is cut off', () => {
    const exponent = dtype === 'F16' ? 0x7c00 : 0x7f80;
    for (const half of narrow(fromBits(0x7f800001, 0xff800001, 0x7fc00000, 0xffffffff), dtype)) {
      expect(half & exponent).toBe(exponent);
      expect(half & ~exponent & 0x7fff).toBeGreaterThan(0);
    }
    expect(narrow(fromBits(0xff800001), dtype)[0]).toBeGreaterThan(0x8000);
  });
});

test('what rounds to infinity is told by its place; what is infinite, or just fits, is none of it', () => {
  const target = new Uint16Array(5);
  const infinity = Number.POSITIVE_INFINITY;
  expect(toFloat16(target, bitsOf(Float32Array.of(1, 65519.99, infinity, -65520, 1e30)))).toBe(3);
  expect([...target]).toEqual([0x3c00, 0x7bff, 0x7c00, 0xfc00, 0x7c00]);
  expect(toFloat16(target, bitsOf(Float32Array.of(65519.99, -infinity, Number.NaN, 0, -65504)))).toBeUndefined();
  expect(toBfloat16(target.subarray(0, 3), fromBitsOf(0x7f7f7fff, 0xff7f8000, 0x7f7fffff))).toBe(1);
  expect([...target.subarray(0, 3)]).toEqual([0x7f7f, 0xff80, 0x7f80]);
});

function fromBitsOf(...bits: number[]): Uint32Array {
  return Uint32Array.from(bits);
}
