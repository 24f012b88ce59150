import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Differing bits, however small the difference. */
function bits(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

/** Sums into rows of which each gets hundreds: right, and the same bits in every run. */
export async function expectSameSums(runs: number): Promise<void> {
  const rows = 4096;
  const ids = Int32Array.from({ length: rows }, (_, i) => (i * 7919) % 13);
  const values = Float32Array.from({ length: rows * 32 }, (_, i) => Math.sin(i) * 10 ** (i % 7));
  const [x, segments] = [tf.tensor2d(values, [rows, 32]), tf.tensor1d(ids, 'int32')];
  const sum = () => tf.tidy(() => tf.mul(tf.unsortedSegmentSum(x, segments, 50), 1));

  const exact = new Float64Array(50 * 32);
  const magnitude = new Float64Array(50 * 32);
  values.forEach((value, i) => {
    const place = (ids[Math.floor(i / 32)] as number) * 32 + (i % 32);
    exact[place] = (exact[place] as number) + value;
    magnitude[place] = (magnitude[place] as number) + Math.abs(value);
  });
  const first = (await sum().data()) as Float32Array;
  first.forEach((value, i) => {
    expect(Math.abs(value - (exact[i] as number))).toBeLessThanOrEqual(1e-5 * (magnitude[i] as number));
  });

  const wanted = bits(first);
  for (let run = 0; run < runs; run++) {
    const again = sum();
    if (bits((await again.data()) as Float32Array) !== wanted) expect.fail(`Run ${run} gave other bits.`);
    again.dispose();
  }
}

/** A step of training with a lookup, all of its gradients: the same bits in every run. */
export async function expectSameSteps(runs: number): Promise<void> {
  const step = async () => {
    const weight = tf.variable(tf.randomNormal([128, 256], 0, 1, 'float32', 1));
    const vocabulary = tf.variable(tf.randomNormal([500, 128], 0, 1, 'float32', 2));
    const ids = tf.tensor1d(
      Int32Array.from({ length: 600 }, (_, i) => (i * 31) % 40),
      'int32',
    );
    const { grads } = tf.variableGrads(() => {
      const hidden = tf.matMul(tf.gather(vocabulary, ids) as tf.Tensor2D, weight as unknown as tf.Tensor2D);
      return tf.mean(tf.logSumExp(tf.softmax(hidden), 1)) as tf.Scalar;
    });
    const all = await Promise.all([weight, vocabulary].map((w) => (grads[w.name] as tf.Tensor).data<'float32'>()));
    tf.dispose([weight, vocabulary, ids, ...Object.values(grads)]);
    return all.map(bits).join();
  };
  const first = await step();
  for (let run = 0; run < runs; run++) expect(await step()).toBe(first);
}
