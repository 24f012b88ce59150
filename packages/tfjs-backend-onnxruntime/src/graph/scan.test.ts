import '../index';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { OnnxRuntimeBackend } from '../backend';
import * as op from '../kernels/ops';
import { scan } from './scan';

let engine: OnnxRuntimeBackend;
beforeAll(async () => {
  await tf.setBackend('onnxruntime');
  engine = tf.backend() as OnnxRuntimeBackend;
  return () => tf.removeBackend('onnxruntime');
});

const read = async (value: Parameters<OnnxRuntimeBackend['tensor']>[0]) => {
  const { dataId } = engine.tensor(value);
  const values = [...((await engine.read(dataId)) as Float32Array)];
  engine.disposeData(dataId);
  return values;
};

describe('scan', () => {
  test('hands states on, cuts lists into items, and reads what lies outside', async () => {
    const list = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const factor = tf.tensor1d([10, 100]);
    const start = tf.tensor1d([0, 0]);
    const outside = engine.value(factor);
    const { states, results } = scan([engine.value(start)], [engine.value(list)], ([sum], [item]) => {
      const scaled = op.mul(item as never, outside);
      return { states: [op.add(sum as never, scaled)], results: [op.add(scaled, op.like(scaled, 1))] };
    });
    const held = [...states, ...results].map((value) => engine.tensor(value));
    expect(
      await Promise.all(held.map(async ({ dataId }) => [...((await engine.read(dataId)) as Float32Array)])),
    ).toEqual([
      [90, 1200],
      [11, 201, 31, 401, 51, 601],
    ]);
    for (const { dataId } of held) engine.disposeData(dataId);
    tf.dispose([list, factor, start]);
  });

  test('two scans that differ in their bodies alone share no session', async () => {
    const list = tf.tensor2d([1, 2], [2, 1]);
    const by = (n: number) =>
      scan([], [engine.value(list)], (_, [item]) => ({
        states: [],
        results: [op.mul(item as never, op.like(item as never, n))],
      })).results[0] as never;
    expect(await read(by(2))).toEqual([2, 4]);
    expect(await read(by(3))).toEqual([3, 6]);
    list.dispose();
  });

  test('no body within a body', () => {
    const list = tf.tensor2d([1, 2], [2, 1]);
    const nested = () =>
      scan([], [engine.value(list)], () => scan([], [engine.value(list)], () => ({ states: [], results: [] })));
    expect(nested).toThrow('within a body');
    list.dispose();
  });
});

describe('a weight that is stepped in blocks', () => {
  const size = 1 << 20;
  const step = (weight: tf.Tensor, squares: tf.Tensor, gradient: tf.Tensor, rate = 0.1) =>
    tf
      .engine()
      .runKernel(
        'HalokitRmspropStep',
        { weight, squares, gradient },
        { rate, alpha: 0.9, epsilon: 1e-8, scale: 0.5 },
      ) as tf.Tensor[];

  test('keeps its memory from the second step on, and another rate needs no other graph', async () => {
    let weight: tf.Tensor = tf.ones([size]);
    let squares: tf.Tensor = tf.zeros([size]);
    const gradient = tf.fill([size], 2);
    let [expected, v] = [1, 0];
    for (const [i, rate] of [0.1, 0.2, 0.3].entries()) {
      const { inPlace, compiles } = engine.statistics;
      const [next, nextSquares] = step(weight, squares, gradient, rate) as [tf.Tensor, tf.Tensor];
      tf.dispose([weight, squares]);
      [weight, squares] = [next, nextSquares];
      await engine.flush();
      v = 0.9 * v + 0.1;
      expected -= rate / (Math.sqrt(v) + 1e-8);
      if (i > 0) expect(engine.statistics.inPlace - inPlace).toBe(2);
      if (i > 1) expect(engine.statistics.compiles).toBe(compiles);
    }
    const values = await weight.data();
    expect(Math.abs((values[0] as number) - expected)).toBeLessThan(1e-6);
    expect(values.every((value) => value === values[0])).toBe(true);
    tf.dispose([weight, squares, gradient]);
  });

  test('leaves the old numbers to whoever still holds them', async () => {
    const weight = tf.ones([size]);
    const squares = tf.zeros([size]);
    // No ones: those are put off, and a chunk that makes them writes over nothing.
    const gradient = tf.fill([size], 2);
    const first = step(weight, squares, gradient) as [tf.Tensor, tf.Tensor];
    await engine.flush();
    const second = step(...first, gradient) as [tf.Tensor, tf.Tensor];
    const before = (await first[0].data())[0];
    await engine.flush();
    expect((await second[0].data())[0]).not.toBe(before);
    expect((await first[0].data())[0]).toBe(before);
    tf.dispose([weight, squares, gradient, ...first, ...second]);
  });
});

test('a profile says which kernel took how long, also within a scan', async () => {
  const x = tf.ones([1 << 20]);
  const [a, b] = [tf.ones([64, 32]), tf.ones([32, 16])] as [tf.Tensor2D, tf.Tensor2D];
  const times = await engine.profile(async () => {
    const sum = tf.engine().runKernel('HalokitSumOfSquares', { x }) as tf.Tensor;
    expect((await sum.data())[0]).toBe(1 << 20);
    const product = tf.matMul(a, b);
    await product.data();
    tf.dispose([sum, product]);
  });
  const product = times.find(({ op }) => op === 'Gemm');
  expect(product).toMatchObject({ kernel: 'BatchMatMul', shapes: '64x32 32x16', runs: 1 });
  expect(times.filter(({ kernel }) => kernel === 'HalokitSumOfSquares').map(({ op }) => op)).toContain('Mul');
  expect(times.every(({ milliseconds }) => milliseconds >= 0)).toBe(true);
  tf.dispose([x, a, b]);
});
