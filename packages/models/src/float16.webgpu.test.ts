// The oracle's checkpoints with products in float16, held against its float64 within the bounds of the engine's README.
import { setDevice } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { oracleErrors } from '../test/oracle_errors';

const names = ['neox-parallel', 'neox-sequential', 'llama-gqa', 'llama-tied'];

beforeAll(async () => {
  setDevice('webgpu', { arithmetic: 'float16' });
  await tf.setBackend('onnxruntime');
});

test.each(names)('%s', async (name) => {
  const { numTensors } = tf.memory();
  const errors = await oracleErrors(name, 1024);
  expect(errors.logits).toBeLessThan(5e-2);
  expect(errors.logps).toBeLessThan(3e-2);
  expect(errors.gradientNorm).toBeLessThan(4e-3);
  expect(errors.gradient).toBeLessThan(2e-2);
  // Otherwise it was not float16.
  expect(errors.logps).toBeGreaterThan(1e-4);
  expect(tf.memory().numTensors).toBe(numTensors);
});

test('gradients that are too small vanish, and do not with the loss multiplied', async () => {
  const { gradient: vanished } = await oracleErrors('neox-parallel', 2 ** -20);
  const { gradient: kept } = await oracleErrors('neox-parallel', 2 ** 16);
  expect(vanished).toBeGreaterThan(0.1);
  expect(kept).toBeLessThan(2e-2);
});
