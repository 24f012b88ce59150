import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adamw } from './adamw';
import { gradientNorm } from './clip';
import type { Optimizer } from './optimizer';
import { rmsprop } from './rmsprop';

const optimizers: Record<string, () => Optimizer> = { rmsprop, adamw };

/** One number, a prime, a size of several equal blocks, and one of blocks that leave something over. */
const sizes = [1, 7, 1000, 1 << 20, (1 << 20) + 7];

function numbers(size: number, seed: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233) * 10 ** ((i % 7) - 5));
}

/** Weights and state after three updates. */
async function train(backend: string, make: () => Optimizer, size: number, rate: number, scale: number) {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const optimizer = make();
  const weight = tf.tidy(() => tf.variable(tf.tensor1d(numbers(size, 1))));
  for (const seed of [2, 3, 4]) {
    const gradient = tf.tensor1d(numbers(size, seed));
    optimizer.update(new Map([['w', weight]]), new Map([['w', gradient]]), rate, scale);
    gradient.dispose();
  }
  const slots = Object.values(optimizer.state.slots).map((slot) => slot.get('w') as tf.Tensor);
  const results = await Promise.all([weight, ...slots].map((tensor) => tensor.data<'float32'>()));
  tf.dispose(weight);
  optimizer.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return results;
}

test.each(Object.keys(optimizers))('%s: the fused step is that of its definition', async (name) => {
  expect(tf.getKernel(`Halokit${name === 'adamw' ? 'Adamw' : 'Rmsprop'}Step`, 'onnxruntime')).toBeDefined();
  const cases = fc.record({
    size: fc.constantFrom(...sizes),
    rate: fc.constantFrom(0, 1e-4, 0.3),
    scale: fc.constantFrom(1, 0.37),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ size, rate, scale }) => {
      const make = optimizers[name] as () => Optimizer;
      const expected = await train('cpu', make, size, rate, scale);
      const actual = await train('onnxruntime', make, size, rate, scale);
      expected.forEach((values, i) => {
        const other = actual[i] as Float32Array;
        // A weight is a difference of numbers up to 1: rounding is counted from there.
        const worst = values.reduce(
          (most, x, j) => Math.max(most, Math.abs(x - (other[j] as number)) / Math.max(Math.abs(x), 1e-3)),
          0,
        );
        expect(worst).toBeLessThan(2e-4);
      });
    }),
    { numRuns: 8, seed: 1 },
  );
});

test.each(sizes)('the norm of %d numbers', async (size) => {
  const values = numbers(size, 5);
  const exact = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
  for (const backend of ['cpu', 'onnxruntime']) {
    await tf.setBackend(backend);
    const x = tf.tensor1d(values);
    expect(Math.abs((await gradientNorm([x])) / exact - 1), backend).toBeLessThan(1e-5);
    x.dispose();
  }
});
