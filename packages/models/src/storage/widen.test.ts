import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Storage } from './storage';
import { storedProduct } from './stored_product';
import { widen } from './widen';

const formats = {
  float16: { exponentBits: 5, fractionBits: 10 },
  bfloat16: { exponentBits: 8, fractionBits: 7 },
} as const;

/** IEEE 754: (-1)^s 2^(e - bias) (1 + f / 2^bits), without the 1 where e is 0, and what e = all ones stands for. */
function numberOf(bits: number, { exponentBits, fractionBits }: (typeof formats)[Storage]): number {
  const sign = bits >> 15 ? -1 : 1;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
}

/** Pairs of 16 bits, the first low. */
function packed(bits: Uint16Array, columns: number): tf.Tensor2D {
  const pairs = new Int32Array(bits.buffer);
  return tf.tensor2d(pairs, [bits.length / columns, columns / 2], 'int32');
}

const everyPattern = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
const cases = ['cpu', 'wasm', 'onnxruntime'].flatMap((backend) =>
  (['float16', 'bfloat16'] as const).map((storage) => [storage, backend] as const),
);

describe.each(cases)('%s on %s', (storage, backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test.each(['low', 'high'])('every pattern of bits in the %s half is its number', async (half) => {
    const bits = half === 'low' ? everyPattern : Uint16Array.from(everyPattern, (_, i) => i ^ 1);
    const numbers = await tf.tidy(() => widen(packed(bits, 64), storage)).data<'float32'>();
    const wrong = [...bits].filter((pattern, i) => !Object.is(numbers[i], numberOf(pattern, formats[storage])));
    expect(wrong).toEqual([]);
  });

  test('some rows, one of them twice', async () => {
    const rows = await tf
      .tidy(() => widen(packed(everyPattern, 4), storage, tf.tensor1d([7, 16383, 7], 'int32')))
      .array();
    const row = (n: number) => [0, 1, 2, 3].map((i) => numberOf(4 * n + i, formats[storage]));
    expect(rows).toEqual([row(7), row(16383), row(7)]);
  });

  test('a product and its gradient, of which nothing widened is kept', async () => {
    const one = { float16: 0x3c00, bfloat16: 0x3f80 }[storage];
    const half = { float16: 0x3800, bfloat16: 0x3f00 }[storage];
    const w = packed(Uint16Array.of(one, half, 0, one, one, one), 2);
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const before = tf.memory().numTensors;
    const { value, grad } = tf.valueAndGrad((x) => {
      const y = storedProduct(x as tf.Tensor2D, w, storage);
      return tf.sum(tf.mul(y, tf.tensor2d([1, 10, 100, 1, 10, 100], [2, 3]))) as tf.Scalar;
    })(x);
    // y = x W^T = [[2, 2, 3], [5, 4, 7]]
    expect(await value.data()).toEqual(Float32Array.of(2 + 20 + 300 + 5 + 40 + 700));
    expect(await grad.array()).toEqual(Array(2).fill([1 + 100, 0.5 + 10 + 100]));
    tf.dispose([value, grad]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([w, x]);
  });
});

test('a row that is not there is refused', async () => {
  await tf.setBackend('onnxruntime');
  tf.tidy(() => {
    const w = packed(Uint16Array.of(0, 0, 0, 0), 2);
    expect(() => widen(w, 'float16', tf.tensor1d([2], 'int32'))).toThrow('the index value 2 is not in [0, 1]');
  });
});

test('numbers that are yet to be computed are refused by name', async () => {
  await tf.setBackend('onnxruntime');
  tf.tidy(() => {
    const w = tf.add(packed(Uint16Array.of(0, 0), 2), tf.scalar(1, 'int32'));
    expect(() => widen(w, 'float16')).toThrow('HalokitWiden: the stored numbers must be given, and not be computed.');
  });
});
