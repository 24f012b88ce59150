import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { engineStatistics, FailedError, type OnnxRuntimeBackend } from './index';

let backend: OnnxRuntimeBackend;
beforeAll(async () => {
  await tf.setBackend('onnxruntime');
  backend = tf.backend() as OnnxRuntimeBackend;
});

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

const numbers = async (x: tf.Tensor) => Array.from(await x.data());

test('computes what its function says, which is called once', async () => {
  const weight = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  let calls = 0;
  const step = backend.routine(([x]) => {
    calls++;
    return [tf.add(tf.matMul(x as tf.Tensor2D, weight), 1)];
  });
  let x: tf.Tensor = tf.tensor2d([1, 0], [1, 2]);
  const expected = [
    [2, 3],
    [12, 17],
    [64, 93],
  ];
  for (const row of expected) {
    const [next] = step.call([x]) as [tf.Tensor];
    x.dispose();
    x = next;
    expect(await numbers(x)).toEqual(row);
  }
  expect(calls).toBe(1);
  step.dispose();
  tf.dispose([x, weight]);
});

test('calls one after the other run as one graph, and each has its own numbers', async () => {
  const step = backend.routine(([x, y]) => [tf.add(x as tf.Tensor, y as tf.Tensor), tf.mul(x as tf.Tensor, 2)]);
  const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([10, 20])];
  const [sum, twice] = step.call([a, b]) as [tf.Tensor, tf.Tensor];
  const [sums, twices] = step.call([sum, twice]) as [tf.Tensor, tf.Tensor];
  const runs = engineStatistics()?.runs ?? 0;
  expect(await Promise.all([sum, twice, sums, twices].map(numbers))).toEqual([
    [11, 22],
    [2, 4],
    [13, 26],
    [22, 44],
  ]);
  expect((engineStatistics()?.runs ?? 0) - runs).toBe(1);
  step.dispose();
  tf.dispose([a, b, sum, twice, sums, twices]);
});

test('an input, another tensor, a number and the same result twice are results like any other', async () => {
  const other = tf.tensor1d([7]);
  const step = backend.routine(([x]) => {
    const y = tf.neg(x as tf.Tensor);
    return [x as tf.Tensor, other, tf.scalar(3), y, y];
  });
  const x = tf.tensor1d([5]);
  const results = step.call([x]);
  expect(await Promise.all(results.map(numbers))).toEqual([[5], [7], [3], [-5], [-5]]);
  step.dispose();
  tf.dispose([...results, x, other]);
});

test('what it reads beside its inputs stays until it is disposed of, whatever becomes of it', async () => {
  // More than is kept in JavaScript as well.
  const size = 20_000;
  const weight = tf.tidy(() => tf.variable(tf.add(tf.range(0, size), 1)));
  const step = backend.routine(([x]) => [tf.mul(tf.mul(x as tf.Tensor, weight), tf.tensor1d([10]))]);
  const x = tf.tensor1d([1]);
  const [first] = step.call([x]) as [tf.Tensor];
  await first.data();
  tf.tidy(() => weight.assign(tf.add(weight, 5)));
  expect((await numbers(weight)).at(-1)).toBe(size + 5);
  const [second] = step.call([x]) as [tf.Tensor];
  for (const result of [first, second]) expect((await numbers(result)).at(-1)).toBe(10 * size);
  step.dispose();
  tf.dispose([first, second, x, weight]);
});

test('recorded anew after it was disposed of', async () => {
  const step = backend.routine(([x]) => [tf.square(x as tf.Tensor)]);
  for (const values of [[3], [1, 2]]) {
    const x = tf.tensor1d(values);
    const [y] = step.call([x]) as [tf.Tensor];
    expect(await numbers(y)).toEqual(values.map((n) => n * n));
    step.dispose();
    tf.dispose([x, y]);
  }
});

test('inputs of another shape, another type, or too few are refused', () => {
  const step = backend.routine(([x, y]) => [tf.add(x as tf.Tensor, y as tf.Tensor)]);
  const [two, three, whole] = [tf.tensor1d([1, 2]), tf.tensor1d([1, 2, 3]), tf.tensor1d([1, 2], 'int32')];
  tf.dispose(step.call([two, two]) as tf.Tensor[]);
  expect(() => step.call([two, three])).toThrow('Input 1 of a routine is float32[3], and was float32[2]');
  expect(() => step.call([whole, two])).toThrow('Input 0 of a routine is int32[2], and was float32[2]');
  expect(() => step.call([two])).toThrow('Input 1 of a routine is missing');
  step.dispose();
  tf.dispose([two, three, whole]);
});

test('indices must be known to be in range: those given are looked at, those computed are not', async () => {
  const table = tf.tensor2d([0, 1, 10, 11], [2, 2]);
  const step = backend.routine(([ids]) => [tf.gather(table, tf.reshape(ids as tf.Tensor1D, [-1]))]);
  const [fits, tooFar, computed] = [
    tf.tensor1d([1, 0], 'int32'),
    tf.tensor1d([0, 2], 'int32'),
    tf.tidy(() => tf.add(tf.tensor1d([0, 0], 'int32'), tf.tensor1d([1, 1], 'int32'))),
  ];
  const [rows] = step.call([fits]) as [tf.Tensor];
  expect(await numbers(rows)).toEqual([10, 11, 0, 1]);
  expect(() => step.call([tooFar])).toThrow('Input 0 of a routine must be known to hold whole numbers in [0, 1]');
  expect(() => step.call([computed])).toThrow('Input 0 of a routine must be known');
  step.dispose();
  tf.dispose([table, fits, tooFar, computed, rows]);
});

test('an operator that fails within is named, and everything else goes on', async () => {
  const step = backend.routine(([x]) => {
    const places = tf.cast(x as tf.Tensor, 'int32');
    return [tf.gather(tf.tensor1d([1, 2]), places), tf.neg(x as tf.Tensor)];
  });
  const [good, bad] = [tf.tensor1d([0, 1]), tf.tensor1d([0, 9])];
  const [fails, ofBad] = step.call([bad]) as [tf.Tensor, tf.Tensor];
  const failure = await fails.data().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(FailedError);
  expect(String(failure)).toMatch(/GatherV2 failed in Gather .* called at .*tensor_routine\.test\.ts/);
  const [works, ofGood] = step.call([good]) as [tf.Tensor, tf.Tensor];
  expect(await Promise.all([works, ofGood].map(numbers))).toEqual([
    [1, 2],
    [-0, -1],
  ]);
  step.dispose();
  tf.dispose([good, bad, fails, ofBad, works, ofGood]);
});

test('its graph is compiled once, for another of the same function too', async () => {
  const compute = ([x]: readonly tf.Tensor[]) => [tf.tanh(tf.add(x as tf.Tensor, 0.625))];
  const run = async () => {
    const step = backend.routine(compute);
    const x = tf.tensor1d([0.5, 1.5]);
    const [y] = step.call([x]) as [tf.Tensor];
    await y.data();
    step.dispose();
    tf.dispose([x, y]);
  };
  await run();
  const compiles = engineStatistics()?.compiles;
  await run();
  expect(engineStatistics()?.compiles).toBe(compiles);
});

test('the profiler says which kernels its operators belong to', async () => {
  const step = backend.routine(([x]) => [tf.sum(tf.exp(x as tf.Tensor))]);
  const x = tf.ones([64, 64]);
  const times = await backend.profile(async () => {
    const [y] = step.call([x]) as [tf.Tensor];
    await y.data();
    y.dispose();
  });
  expect(times.map(({ kernel }) => kernel)).toEqual(expect.arrayContaining(['Exp', 'Sum']));
  step.dispose();
  x.dispose();
});
