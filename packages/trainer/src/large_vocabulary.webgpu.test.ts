// Vocabulary matrices larger than what one binding of a graphics processor holds: 128 MiB in WebGPU's default limits, which is all
// that Mesa's driver in software gives.
import { sft } from '@halokit/losses';
import { createModel, disposeModel, readConfig } from '@halokit/models';
import { type DeviceName, OnnxRuntimeBackend, setDevice } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { rmsprop } from './rmsprop';
import { attemptStep } from './step';
import type { TokenBatch } from './token_batch';

const [vocabulary, width] = [36_000, 1024];

const config = readConfig({
  ...{ model_type: 'llama', vocab_size: vocabulary, hidden_size: width, num_hidden_layers: 1, num_attention_heads: 4 },
  ...{ intermediate_size: 64, max_position_embeddings: 16, initializer_range: 0.02 },
});

/** Tokens from all of the vocabulary, the last one and one that occurs twice among them. */
const batch: TokenBatch = {
  feedback: 'demonstrations',
  examples: 2,
  rows: [
    { prompt: Int32Array.of(1, 35_999, 7), response: Int32Array.of(20_000, 35_998) },
    { prompt: Int32Array.of(7, 17_999, 34_000), response: Int32Array.of(3, 33_333, 35_999) },
  ],
};
const looked = [1, 3, 7, 20_000, 33_333, 34_000, 35_998, 35_999];

/** What two updates report, and rows of the matrices after them. */
async function outcome(device: DeviceName) {
  await tf.setBackend('cpu');
  tf.removeBackend('onnxruntime');
  setDevice(device);
  tf.registerBackend('onnxruntime', () => new OnnxRuntimeBackend(), 0);
  await tf.setBackend('onnxruntime');
  const policy = createModel(config, { seed: 1 });
  const optimizer = rmsprop();
  const metrics: number[] = [];
  for (let i = 0; i < 2; i++) {
    const step = await attemptStep({ policy, loss: sft(), optimizer }, batch, [[0, 1]], 1e-3, undefined);
    metrics.push(step.metrics.loss, step.metrics.grad_norm as number, ...step.numbers.logps);
  }
  const rows: Float32Array[] = [];
  for (const weight of policy.weights.values()) {
    if (weight.shape[0] !== vocabulary) continue;
    const some = tf.gather(weight, tf.tensor1d(looked, 'int32'));
    rows.push(await some.data<'float32'>());
    some.dispose();
  }
  optimizer.dispose();
  disposeModel(policy);
  return { metrics, rows };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const worst = Array.from(expected).reduce((most, x, i) => Math.max(most, Math.abs(x - (actual[i] as number))), 0);
  expect(worst).toBeLessThan(tolerance);
}

test('lookup, product, their gradients and updates of large matrices are those of the processor', async () => {
  const [expected, actual] = [await outcome('cpu'), await outcome('webgpu')];
  expectClose(actual.metrics, expected.metrics, 1e-3);
  expect(expected.rows).toHaveLength(2);
  actual.rows.forEach((row, i) => {
    expectClose(row, expected.rows[i] as Float32Array, 1e-4);
  });
});
