import '@tensorflow/tfjs';
import { engineStatistics } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { type CausalLM, createModel, disposeModel } from '../causal_lm';
import { readConfig } from '../families/families';
import { generate } from './generate';

let model: CausalLM;
beforeAll(async () => {
  await tf.setBackend('onnxruntime');
  const config = {
    ...{ model_type: 'gpt_neox', vocab_size: 97, hidden_size: 32, intermediate_size: 64, num_hidden_layers: 2 },
    ...{ num_attention_heads: 4, max_position_embeddings: 4096 },
  };
  model = createModel(readConfig(config), { seed: 1 });
  return () => disposeModel(model);
});

const prompt = (length: number) => Int32Array.from({ length }, (_, i) => (i * 7) % 97);
const compiles = () => engineStatistics()?.compiles ?? Number.NaN;

test('prompts of every length up to 200 share a few graphs, and need no more later', async () => {
  const before = compiles();
  const sweep = async () => {
    for (let length = 1; length <= 200; length++)
      await generate(model, [prompt(length)], { maxNewTokens: 3, eosId: [] });
  };
  await sweep();
  // Prompts of 16 to 256 tokens, steps over 64, 128 and 256 slots, tables that grow from 64 and 128, a few at their ends.
  expect(compiles() - before).toBeLessThanOrEqual(20);
  const after = compiles();
  await sweep();
  expect(compiles()).toBe(after);
});

test('a step of a generation writes over the keys and values of the one before, and a long one compiles little', async () => {
  const before = { ...engineStatistics() };
  await generate(model, [prompt(20), prompt(3)], { maxNewTokens: 300, eosId: [] });
  const after = engineStatistics();
  // Two tensors of two layers, but for the first step and those after a table has grown.
  expect((after?.inPlace ?? 0) - (before.inPlace ?? 0)).toBeGreaterThan(4 * 290);
  expect(compiles() - (before.compiles ?? 0)).toBeLessThanOrEqual(12);
  // One run a step.
  expect((after?.runs ?? 0) - (before.runs ?? 0)).toBeLessThan(300 + 12);
});

test('a long prompt goes through in parts, and continues as in one', async () => {
  const before = tf.memory().numTensors;
  const options = { maxNewTokens: 4, eosId: [] };
  const long = prompt(2300);
  const [alone] = await generate(model, [long], options);
  const rows = [prompt(5), long, prompt(40)];
  const together = await generate(model, rows, options);
  expect([...(together[1] as Int32Array)]).toEqual([...(alone as Int32Array)]);
  await tf.setBackend('cpu');
  const [whole] = await generate(model, [long.slice(0, 300)], options);
  await tf.setBackend('onnxruntime');
  const many = await generate(model, Array(16).fill(long.slice(0, 300)), options);
  for (const one of many) expect([...one]).toEqual([...(whole as Int32Array)]);
  expect(tf.memory().numTensors).toBe(before);
});
