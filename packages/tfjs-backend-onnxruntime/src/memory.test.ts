import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, test } from 'vitest';
import { freshEngine, nativeBytes, nativeTensors, spent } from '../test/engine';
import type { OnnxRuntimeBackend } from '.';

let engine: OnnxRuntimeBackend;
beforeEach(async () => {
  engine = await freshEngine();
});

const matrix = 300 * 300 * 4;

/** A variable that alone holds its numbers. */
function variable(shape: [number, number]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.randomUniform(shape)));
}

/** One step of RMSprop on a weight. */
function update(weight: tf.Variable, squares: tf.Variable, gradient: tf.Tensor, rate: number): void {
  tf.tidy(() => {
    const v = tf.add(tf.mul(squares, 0.9), tf.mul(tf.square(gradient), 0.1));
    squares.assign(v);
    weight.assign(tf.sub(weight, tf.div(tf.mul(gradient, rate), tf.add(tf.sqrt(v), 1e-8))));
  });
}

test('weights and optimiser state are updated in place', async () => {
  const weight = variable([300, 300]);
  const squares = variable([300, 300]);
  const gradient = tf.randomUniform([300, 300]);
  const started = [await weight.data(), await squares.data(), await gradient.data()] as Float32Array[];
  const { inPlace } = await spent(engine, async () => {
    update(weight, squares, gradient, 0.01);
    await engine.flush();
  });
  expect(inPlace).toBe(2);
  const [w, v] = [await weight.data(), await squares.data()];
  const [w0, v0, g] = started as [Float32Array, Float32Array, Float32Array];
  for (const i of [0, 1, 89_999]) {
    const square = 0.9 * (v0[i] as number) + 0.1 * (g[i] as number) ** 2;
    expect(v[i]).toBeCloseTo(square, 6);
    expect(w[i]).toBeCloseTo((w0[i] as number) - (0.01 * (g[i] as number)) / (Math.sqrt(square) + 1e-8), 6);
  }
});

test('what somebody still holds is not written over', async () => {
  const weight = tf.tidy(() => tf.variable(tf.fill([300, 300], 0.5)));
  await weight.data();
  const before = tf.clone(weight);
  const { inPlace } = await spent(engine, async () => {
    tf.tidy(() => weight.assign(tf.add(weight, 1)));
    await engine.flush();
  });
  expect(inPlace).toBe(0);
  expect((await before.data())[0]).toBe(0.5);
  expect((await weight.data())[0]).toBe(1.5);
});

test('nor what a step in the same chunk still reads otherwise', async () => {
  const weight = tf.tidy(() => tf.variable(tf.fill([300, 300], 1 / 300)));
  await weight.data();
  const { product, inPlace } = await (async () => {
    const product = tf.matMul(weight as unknown as tf.Tensor2D, weight as unknown as tf.Tensor2D, true);
    const { inPlace } = await spent(engine, async () => {
      tf.tidy(() => weight.assign(tf.mul(weight, 2)));
      await engine.flush();
    });
    return { product, inPlace };
  })();
  expect(inPlace).toBe(0);
  expect((await product.data())[5]).toBeCloseTo(1 / 300, 7);
});

test('nor what a later step reads that was recorded before', async () => {
  const weight = tf.tidy(() => tf.variable(tf.fill([300, 300], 2)));
  await weight.data();
  const difference = tf.tidy(() => {
    const before = tf.neg(weight);
    weight.assign(tf.mul(weight, 3));
    return tf.sum(tf.add(weight, before));
  });
  expect((await difference.data())[0]).toBe(90_000 * 4);
});

test('a step of training leaves the memory that it found', async () => {
  const weight = variable([300, 300]);
  const squares = tf.tidy(() => tf.variable(tf.zeros([300, 300]), false));
  const x = tf.randomUniform([50, 300]);
  const used: number[] = [];
  for (let step = 0; step < 5; step++) {
    const loss = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => tf.mean(tf.square(tf.matMul(x as tf.Tensor2D, weight as unknown as tf.Tensor2D))) as tf.Scalar,
        [weight],
      );
      update(weight, squares, grads[weight.name] as tf.Tensor, 0.01);
      return value;
    });
    await loss.data();
    loss.dispose();
    used.push(nativeBytes());
  }
  expect(used.slice(1)).toEqual(Array(4).fill(used[1]));
  expect(used[1]).toBeLessThan(2.2 * matrix);
});

test('what only a forgotten result would have read is freed as soon as what is wanted has read it', async () => {
  const peak = async (forgotten: boolean) => {
    const engine = await freshEngine();
    const results = tf.tidy(() => {
      const w = tf.randomUniform([500, 500], -0.05, 0.05) as tf.Tensor2D;
      const forward: tf.Tensor2D[] = [w];
      for (let i = 0; i < 30; i++) forward.push(tf.tanh(tf.matMul(forward[i] as tf.Tensor2D, w)) as tf.Tensor2D);
      let g: tf.Tensor2D = w;
      return forward.toReversed().map((x) => {
        if (forgotten) tf.matMul(tf.neg(x) as tf.Tensor2D, w);
        g = tf.matMul(g, w);
        return tf.mul(g, x);
      });
    });
    await results.at(-1)?.data();
    tf.dispose(results);
    return engine.arena.mostInUse;
  };
  expect(await peak(true)).toBe(await peak(false));
});

test('the gradient of a lookup stays a few rows until somebody needs the matrix', async () => {
  const vocabulary = variable([5000, 64]);
  await vocabulary.data();
  const base = nativeBytes();
  const ids = (...list: number[]) => tf.tensor1d(list, 'int32');
  const gradientOf = (list: tf.Tensor1D) => tf.grad((w) => tf.sum(tf.square(tf.gather(w, list))))(vocabulary);
  const first = gradientOf(ids(3, 4999, 3));
  const second = gradientOf(ids(0, 3));
  const sum = tf.mul(tf.add(first, second), 0.5);
  await engine.flush();
  expect(nativeBytes() - base).toBeLessThan(64 * 64 * 4);

  const dense = await sum.data();
  const rows = (await vocabulary.data()).slice(3 * 64, 3 * 64 + 1);
  // Row 3 was looked up three times: the gradient of its square is 2 w each, halved.
  expect(dense[3 * 64]).toBeCloseTo(3 * (rows[0] as number), 5);
  expect(dense[64]).toBe(0);
});

test('it is added to a dense gradient of the same matrix without a second one', async () => {
  const tied = variable([4000, 32]);
  const h = tf.randomUniform([2, 32]) as tf.Tensor2D;
  const expected = async () => {
    const loss = (w: tf.Tensor) =>
      tf.add(
        tf.sum(tf.gather(w, tf.tensor1d([7, 7, 9], 'int32'))),
        tf.sum(tf.matMul(h, w as tf.Tensor2D, false, true)),
      );
    return tf.tidy(() => tf.grad((w) => loss(w) as tf.Scalar)(tied));
  };
  const values = await (await expected()).data();
  const plain = (await tf.sum(h, 0).data())[0] as number;
  expect(values[7 * 32]).toBeCloseTo(plain + 2, 5);
  expect(values[8 * 32]).toBeCloseTo(plain, 5);
  expect(values[9 * 32]).toBeCloseTo(plain + 1, 5);
});

test('sessions are kept by what they compute, not by the numbers', async () => {
  const program = (x: number) => tf.tidy(() => tf.sum(tf.mul(tf.fill([10], x), x))).data();
  await program(3);
  const { compiles, runs } = await spent(engine, async () => {
    for (const x of [4, 5, 6]) await program(x);
  });
  expect(compiles).toBe(0);
  expect(runs).toBe(3);
});

test('batches cut from a data set one after the other need no other graph', async () => {
  const data = tf.randomUniform([1000, 100]) as tf.Tensor2D;
  await data.data();
  const batch = async (i: number) => tf.tidy(() => tf.sum(tf.slice2d(data, [10 * i, 0], [10, 100]))).data();
  await batch(0);
  const { compiles } = await spent(engine, async () => {
    for (let i = 1; i < 5; i++) await batch(i);
  });
  expect(compiles).toBe(0);
});

test('every session is released in the end, however many there were', async () => {
  for (let size = 1; size <= 40; size++) {
    const y = tf.tidy(() => tf.exp(tf.zeros([size])));
    await y.data();
    y.dispose();
  }
  expect(engine.statistics.sessions).toBe(40);
  expect(nativeTensors()).toBe(0);
});

test('the arena counts what a graph makes on its way, which tensors do not show', async () => {
  const x = tf.randomUniform([300, 300]) as tf.Tensor2D;
  await x.data();
  const before = engine.arena;
  // It gives out whole pieces of 256 bytes.
  expect(before.inUse).toBe(256 * Math.ceil(nativeBytes() / 256));
  // The product is an array of its own for as long as it is added up.
  await tf.tidy(() => tf.sum(tf.matMul(x, x))).data();
  const after = engine.arena;
  expect(after.inUse - before.inUse).toBeLessThan(1024);
  expect(after.mostInUse - before.inUse).toBeGreaterThanOrEqual(matrix);
  expect(after.reserved).toBeGreaterThanOrEqual(after.mostInUse);
  // A new backend begins with a new arena.
  expect((await freshEngine()).arena).toEqual({ inUse: 0, mostInUse: 0, reserved: 0 });
});
