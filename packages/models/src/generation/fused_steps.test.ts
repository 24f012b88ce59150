import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { normals } from '../../test/numbers';
import { likeliest } from './likeliest';
import { writeRows } from './write_rows';

// Or else the definitions would be compared with themselves.
test.each(['HalokitLikeliest', 'HalokitWriteRows'])('%s is a kernel of the native engine', async (name) => {
  await tf.ready();
  expect(tf.getKernel(name, 'onnxruntime')).toBeDefined();
  expect(tf.getKernel(name, 'cpu')).toBeUndefined();
});

async function on(backend: string, program: () => tf.Tensor[]): Promise<number[][]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const results = tf.tidy(program);
  const read = await Promise.all(results.map(async (result) => Array.from(await result.data())));
  tf.dispose(results);
  expect(tf.memory().numTensors).toBe(before);
  return read;
}

test('the likeliest of whole numbers, ties among them, are those of the definition, and sums are exact', async () => {
  const calls = fc.record({
    rows: fc.constantFrom(1, 2, 8, 40),
    // A prime, and numbers with divisors near their root and far from it.
    vocabulary: fc.constantFrom(1, 2, 97, 2 * 131, 393 * 16),
    width: fc.constantFrom(1, 3, 8),
    seed: fc.nat(1000),
  });
  const property = fc.asyncProperty(calls, async ({ rows, vocabulary, width, seed }) => {
    const whole = (shape: [number, number], draw: number) =>
      tf.tensor2d(normals(draw, shape, 1.2).values.map(Math.round), shape);
    const program = () => likeliest(whole([rows, width], seed), whole([vocabulary, width], seed + 1));
    expect(await on('onnxruntime', program)).toEqual(await on('cpu', program));
  });
  await fc.assert(property, { numRuns: 60, seed: 1 });
});

test('a NaN anywhere shows in the sum of its row, and in no other', async () => {
  for (const at of [0, 5, 96]) {
    const hidden = () =>
      tf.tensor2d([
        [1, 0],
        [0, 1],
      ]);
    const program = () => {
      const vocabulary = tf.buffer([97, 2], 'float32');
      vocabulary.set(Number.NaN, at, 0);
      // 0 x NaN is NaN: the second row must not meet it.
      return [...likeliest(tf.slice(hidden(), 0, 1), vocabulary.toTensor() as tf.Tensor2D)].slice(1);
    };
    expect(await on('onnxruntime', program)).toEqual([[Number.NaN]]);
    expect(await on('cpu', program)).toEqual([[Number.NaN]]);
  }
});

test('rows are written where they belong, whether the table is needed again or not', async () => {
  const calls = fc
    .record({ height: fc.integer({ min: 1, max: 40 }), width: fc.constantFrom(1, 3, 64), seed: fc.nat(1000) })
    .chain((call) =>
      fc.record({
        call: fc.constant(call),
        places: fc.uniqueArray(fc.nat(call.height - 1), { minLength: 1 }),
        keep: fc.boolean(),
      }),
    );
  const property = fc.asyncProperty(calls, async ({ call: { height, width, seed }, places, keep }) => {
    const program = () => {
      const table = tf.neg(tf.tensor2d([...normals(seed, [height, width]).values], [height, width]));
      const rows = tf.tensor2d([...normals(seed + 1, [places.length, width]).values], [places.length, width]);
      const written = writeRows(table, tf.tensor1d(places, 'int32'), rows);
      return keep ? [written, table] : [written];
    };
    expect(await on('onnxruntime', program)).toEqual(await on('cpu', program));
  });
  await fc.assert(property, { numRuns: 60, seed: 1 });
});

// Of so many a backend keeps the numbers in native memory alone.
const many = 20_000;

test('many rows are written where they belong', async () => {
  const places = Int32Array.from({ length: many }, (_, i) => 2 * many - 1 - 2 * i);
  const program = () => {
    const rows = tf.reshape(tf.range(1, many + 1), [many, 1]) as tf.Tensor2D;
    return [writeRows(tf.zeros<tf.Rank.R2>([2 * many, 1]), tf.tensor1d(places, 'int32'), rows)];
  };
  expect(await on('onnxruntime', program)).toEqual(await on('cpu', program));
});

test.each([
  [[3], 3],
  [[-1], 3],
  [[...Array(many).keys()].map((i) => i + 1), many],
  [[...Array(many).keys()].map((i) => i - 1), many],
])('a place that is not in the table is refused', async (places, height) => {
  await tf.setBackend('onnxruntime');
  const table = tf.zeros<tf.Rank.R2>([height, 2]);
  const rows = tf.ones<tf.Rank.R2>([places.length, 2]);
  expect(() => writeRows(table, tf.tensor1d(places, 'int32'), rows)).toThrow(`not in [0, ${height - 1}]`);
  tf.disposeVariables();
});
