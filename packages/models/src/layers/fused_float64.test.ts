import { beforeAll, expect, test, vi } from 'vitest';

vi.hoisted(() => Object.assign(globalThis, { Float32Array: Float64Array }));

import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { useFloat64 } from '../../test/float64';
import { type Numbers, normals, sizeOf } from '../../test/numbers';
import { expectClose } from '../../test/oracle';
import { exactCases } from '../../test/textbook_cases';

beforeAll(useFloat64);

/** Rounding of float64, and that of differences: fourth-order ones, so that small steps are exact enough. */
const [exact, ofDifferences, step] = [1e-13, 1e-9, 1e-5];

test('the backend computes in float64', async () => {
  expect(tf.add(1, 1e-12).dataSync()[0]).toBe(1 + 1e-12);
  expect(tf.erf(0.5).dataSync()[0]).toBeCloseTo(0.5204998778130465, 15);
  expect(tf.erf(-2).dataSync()[0]).toBeCloseTo(-0.9953222650189527, 15);
});

test.each(exactCases)('%s is what the textbook says', (_, { inputs, run }, textbook) => {
  const expected = textbook(inputs.map(({ values }) => values));
  const actual = tf.tidy(() => run(inputs.map(tensor)).dataSync());
  expectClose(actual, expected, exact * Math.max(1, ...expected.map(Math.abs)));
});

test.each(exactCases)('%s has the gradient that differences show', (_, { inputs, run }) => {
  const shape = tf.tidy(() => run(inputs.map(tensor)).shape);
  const dy = normals(9, shape);
  const gradients = tf.tidy(() =>
    tf
      .grads((...x: tf.Tensor[]) => run(x))(inputs.map(tensor), tensor(dy))
      .map((gradient) => gradient.dataSync()),
  );
  const weighted = (list: readonly Numbers[]) =>
    tf.tidy(() => tf.sum(tf.mul(run(list.map(tensor)), tensor(dy))).dataSync()[0] as number);
  for (const [i, gradient] of gradients.entries()) {
    const differences = Array.from({ length: sizeOf((inputs[i] as Numbers).shape) }, (_, at) => {
      const moved = (by: number) =>
        inputs.map((x, j) => (j === i ? { ...x, values: x.values.with(at, (x.values[at] as number) + by) } : x));
      return (
        (8 * (weighted(moved(step)) - weighted(moved(-step))) -
          weighted(moved(2 * step)) +
          weighted(moved(-2 * step))) /
        (12 * step)
      );
    });
    expectClose(gradient, differences, ofDifferences * Math.max(1, ...differences.map(Math.abs)));
  }
});

function tensor({ shape, values }: Numbers): tf.Tensor {
  return tf.tensor([...values], [...shape]);
}
