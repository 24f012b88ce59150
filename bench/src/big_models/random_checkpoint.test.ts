import '@tensorflow/tfjs';
import { disposeModel, readCheckpoint, readConfig, streamedLogps, weightShapes } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { randomCheckpoint } from './random_checkpoint';

beforeAll(() => tf.setBackend('cpu'));

const config = readConfig({
  ...{ model_type: 'llama', vocab_size: 50, hidden_size: 32, intermediate_size: 64, num_hidden_layers: 2 },
  ...{ num_attention_heads: 2, max_position_embeddings: 16 },
});

test('numbers of the size of weights, of either sign, different in every weight; norms are 1', async () => {
  const model = await readCheckpoint(randomCheckpoint(config));
  const seen = new Set<string>();
  for (const [name, weight] of model.weights) {
    expect(weight.shape).toEqual(weightShapes(config)[name]);
    const values = await weight.data<'float32'>();
    if (name.endsWith('norm.weight')) {
      expect(values.every((x) => x === 1)).toBe(true);
      continue;
    }
    const sizes = values.map(Math.abs);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1 / 64);
    expect(Math.max(...sizes)).toBeLessThan(1 / 32);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan((4 * 0.024) / Math.sqrt(values.length));
    seen.add(values.subarray(0, 8).join());
  }
  expect(seen.size).toBe([...model.weights.keys()].filter((name) => !name.endsWith('norm.weight')).length);
  disposeModel(model);
});

test('parts of a weight are what stands there when all of it is read', async () => {
  const file = await randomCheckpoint(config).open('model.safetensors');
  const end = file?.size as number;
  const all = await file?.read(end - 400, end);
  expect(await file?.read(end - 100, end - 20)).toEqual(all?.slice(300, 380));
});

test('it can be streamed', async () => {
  const rows = [{ prompt: Int32Array.of(1, 2), response: Int32Array.of(3, 4) }];
  const [logps] = await streamedLogps(randomCheckpoint(config), rows);
  expect(logps).toHaveLength(2);
  expect(logps?.every((logp) => logp < 0 && Number.isFinite(logp))).toBe(true);
});
