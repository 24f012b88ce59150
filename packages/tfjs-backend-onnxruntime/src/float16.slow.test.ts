// Products in float16 on a graphics processor in software: how exact they are, and how they lie in memory.
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { freshEngine, nativeBytes, nativeTensors, spent } from '../test/engine';
import { missingDriver, softwareVulkan } from '../test/software_vulkan';
import { OnnxRuntimeBackend, setDevice } from '.';

const missing = missingDriver('lavapipe');
if (missing) console.warn(`Products in float16 are not tested: ${missing}.`);

let engine: OnnxRuntimeBackend;

describe.skipIf(missing)('products in float16', () => {
  beforeEach(async () => {
    await without();
    softwareVulkan('lavapipe');
    setDevice('webgpu', { arithmetic: 'float16' });
    engine = await freshEngine();
    expect([engine.device, engine.arithmetic]).toEqual(['webgpu', 'float16']);
    return () => expect(engine.leftToCpu).toEqual([]);
  });
  afterAll(async () => {
    await without();
    setDevice('cpu');
  });

  test.each([512, 1024, 2048, 4096])('of sums of %d numbers are right within six thousandths', async (inner) => {
    const [a, b] = [tf.randomNormal([16, inner], 0, 1, 'float32', 1), tf.randomNormal([24, inner], 0, 1, 'float32', 2)];
    const expected = exact((await a.array()) as number[][], (await b.array()) as number[][]);
    const transposed = tf.transpose(b);
    const ways = { rows: tf.matMul(a, b, false, true), columns: tf.matMul(a, transposed) };
    const stacked = tf.matMul(tf.stack([a, a]), tf.stack([transposed, transposed]));
    for (const product of [ways.rows, ways.columns, ...tf.unstack(stacked)]) {
      expect(relativeError(await product.data<'float32'>(), expected)).toBeLessThan(6e-3);
    }
  });

  test('lie in memory as float16, and are float32 to whoever reads them', async () => {
    const [x, w] = [tf.randomUniform([64, 48], 0.5, 1), tf.randomUniform([48, 32], 0.5, 1)];
    tf.tidy(() => tf.add(tf.sum(x), tf.sum(w)).dataSync()); // Both are there.
    const before = nativeBytes();
    const product = tf.matMul(x, w);
    const shape = tf.reshape(product, [32, 64]);
    const doubled = tf.mul(shape, 2);
    await engine.flush();
    expect(nativeBytes() - before).toBe(64 * 32 * 2 + 64 * 32 * 4);
    expect(product.dtype).toBe('float32');
    const [numbers, twice] = [await product.data(), doubled.dataSync()];
    expect(numbers).toBeInstanceOf(Float32Array);
    expect(twice).toEqual(numbers.map((n) => 2 * n));
    expect(tf.util.flatten(await shape.array())).toEqual([...numbers]);
    product.dispose();
    expect(await shape.data()).toEqual(numbers);
    tf.dispose([shape, doubled]);
    expect(nativeBytes()).toBe(before);
  });

  test('with a bias are stored with it', async () => {
    const [x, w, bias] = [tf.ones([64, 48]), tf.ones([48, 32]), tf.tensor1d([...Array(32).keys()])];
    const sum = tf.tidy(() => tf.add(tf.matMul(x, w), bias));
    await engine.flush();
    const before = nativeBytes();
    expect((await sum.data()).slice(0, 3)).toEqual(Float32Array.of(48, 49, 50));
    sum.dispose();
    expect(before - nativeBytes()).toBe(64 * 32 * 2);
  });

  test('leave no copy of a weight behind, and the weight can be updated in place', async () => {
    const weight = tf.tidy(() => tf.variable(tf.randomUniform([300, 300], -0.1, 0.1)));
    const x = tf.randomUniform([8, 300]);
    tf.tidy(() => tf.add(tf.sum(x), tf.sum(weight)).dataSync());
    const before = nativeBytes();
    const { inPlace } = await spent(engine, async () => {
      for (let step = 0; step < 3; step++) {
        const { value, grads } = tf.variableGrads(
          () => tf.sum(tf.matMul(tf.tanh(tf.matMul(x, weight)), weight)),
          [weight],
        );
        await value.data();
        tf.tidy(() => weight.assign(tf.sub(weight, tf.mul(grads[weight.name] as tf.Tensor, 1e-3))));
        tf.dispose([value, grads]);
        await engine.flush();
      }
    });
    expect(inPlace).toBe(3);
    expect(nativeBytes()).toBe(before);
  });

  test('one after the other keep nothing of those before', async () => {
    const w = tf.mul(tf.eye(64), 0.999);
    let x: tf.Tensor2D = tf.randomUniform([64, 64]);
    const counts: number[] = [];
    for (let i = 0; i < 20; i++) {
      const next = tf.matMul(x, w) as tf.Tensor2D;
      x.dispose();
      x = next;
      await x.data();
      counts.push(nativeTensors());
    }
    expect(new Set(counts.slice(2)).size).toBe(1);
  });

  test('take part in routines', async () => {
    const w = tf.matMul(tf.eye(4), tf.mul(tf.eye(4), 2)); // Is float16 itself.
    const step = engine.routine(([x]) => [tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), 1)]);
    let [x] = [tf.ones([4, 4])] as tf.Tensor[];
    for (let i = 0; i < 3; i++) [x] = step.call([x as tf.Tensor]);
    const expected = tf.tidy(() => {
      let y = tf.ones([4, 4]);
      for (let i = 0; i < 3; i++) y = tf.add(tf.mul(y, 2), 1);
      return y.dataSync();
    });
    expect(await (x as tf.Tensor).data()).toEqual(expected);
    step.dispose();
  });

  test('beyond 65504 are infinite, and their sum of squares shows it', async () => {
    const [x, w] = [tf.fill([4, 8], 300), tf.fill([8, 4], 300)];
    const product = tf.matMul(x, w);
    expect((await product.data())[0]).toBe(Number.POSITIVE_INFINITY);
    const squares = tf.engine().runKernel('HalokitSumOfSquares', { x: product }) as tf.Tensor;
    expect(Number.isFinite((await squares.data())[0])).toBe(false);
  });

  test.skipIf(missingDriver('swiftshader'))('are refused by a driver that has no float16', async () => {
    await without();
    softwareVulkan('swiftshader');
    setDevice('webgpu', { arithmetic: 'float16' });
    expect(() => OnnxRuntimeBackend.checkAvailable()).toThrow(
      'cannot be used with float16: its driver does not have it',
    );
    setDevice('webgpu');
    OnnxRuntimeBackend.checkAvailable();
    softwareVulkan('lavapipe');
    engine = await freshEngine();
    expect(engine.arithmetic).toBe('float32');
    expect((await tf.matMul(tf.fill([4, 8], 300), tf.fill([8, 4], 300)).data())[0]).toBe(720_000);
  });
});

/** Ends the backend, so that another device can be set. */
async function without(): Promise<void> {
  await tf.setBackend('cpu');
  if (tf.findBackendFactory('onnxruntime')) tf.removeBackend('onnxruntime');
}

/** a b^T in float64. */
function exact(a: readonly number[][], b: readonly number[][]): number[] {
  return a.flatMap((row) => b.map((column) => row.reduce((sum, x, k) => sum + x * (column[k] as number), 0)));
}

/** The root of the mean square of the difference, over that of what is expected. */
function relativeError(actual: Float32Array, expected: readonly number[]): number {
  const squares = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x * x, 0);
  expect(actual.length).toBe(expected.length);
  return Math.sqrt(squares(expected.map((x, i) => (actual[i] as number) - x)) / squares(expected));
}
