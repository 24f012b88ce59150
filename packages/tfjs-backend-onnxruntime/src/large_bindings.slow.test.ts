// A matrix that one binding holds where a device's limits are above WebGPU's default of 128 MiB: Chromium's driver in software gives
// 1 GiB. What it is to a device with the default, packages/trainer tests.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { missingDriver, softwareVulkan } from '../test/software_vulkan';
import { type OnnxRuntimeBackend, setDevice } from '.';

const missing = missingDriver('swiftshader');
if (missing) console.warn(`Large bindings are not tested: ${missing}.`);

const [rows, width] = [36_000, 1024];
const at = (i: number, j: number) => ((i * 7 + j * 3) % 11) - 5;
const looked = [0, 5, 17_999, 35_998, 35_999];

test.skipIf(missing)('lookup, product, its gradient and an update of a matrix of 147 MB', async () => {
  softwareVulkan('swiftshader');
  setDevice('webgpu');
  await tf.setBackend('onnxruntime');
  const matrix = tf.tensor2d(
    Float32Array.from({ length: rows * width }, (_, n) => at(Math.floor(n / width), n % width)),
    [rows, width],
  );
  const x = tf.tensor2d(
    Float32Array.from({ length: 2 * width }, (_, n) => (n % 5) - 2),
    [2, width],
  );
  const xAt = (k: number, j: number) => ((k * width + j) % 5) - 2;
  const places = tf.tensor1d(looked, 'int32');
  const sum = (term: (j: number) => number) => Array.from({ length: width }, (_, j) => term(j)).reduce((a, b) => a + b);
  const products = looked.map((i) => [0, 1].map((k) => sum((j) => at(i, j) * xAt(k, j))));

  const found = tf.gather(matrix, places);
  expect(await found.array()).toEqual(looked.map((i) => Array.from({ length: width }, (_, j) => at(i, j))));
  const logits = tf.matMul(x, matrix, false, true);
  expect(await tf.gather(tf.transpose(logits), places).array()).toEqual(products);
  const gradient = tf.matMul(logits, x, true, false);
  const slope = (row: number, j: number) =>
    [0, 1].reduce((total, k) => total + (products[row]?.[k] as number) * xAt(k, j), 0);
  expect(await tf.gather(gradient, places).array()).toEqual(
    looked.map((_, row) => Array.from({ length: width }, (_, j) => slope(row, j))),
  );

  // From a square of 0: w - 0.5 g / (|g| sqrt(1 - 0.75) + 1).
  const squares = tf.zerosLike(matrix);
  const attributes = { rate: 0.5, alpha: 0.75, epsilon: 1, scale: 1 };
  const [updated, kept] = tf
    .engine()
    .runKernel('HalokitRmspropStep', { weight: matrix, squares, gradient }, attributes) as unknown as tf.Tensor2D[];
  const after = (await tf.gather(updated as tf.Tensor2D, places).array()) as number[][];
  for (const [r, row] of after.entries()) {
    for (const [j, w] of row.entries()) {
      const g = slope(r, j);
      expect(w).toBeCloseTo(at(looked[r] as number, j) - (0.5 * g) / (Math.abs(g) / 2 + 1), 4);
    }
  }
  expect(kept?.shape).toEqual([rows, width]);
  const engine = tf.backend() as OnnxRuntimeBackend;
  expect([engine.device, engine.leftToCpu]).toEqual(['webgpu', []]);
});
