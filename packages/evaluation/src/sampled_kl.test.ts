import '@tensorflow/tfjs';
import { cloneModel, disposeModel, logpRows } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ids, sum, tinyModel } from '../test/tiny_models';
import { samplePrompts } from './sample';
import { sampledKl } from './sampled_kl';

beforeAll(() => tf.setBackend('cpu'));

const tokenizer = { decode: () => '', eosId: 0 };
const tokens = Array.from({ length: 20 }, (_, id) => id);

test('of one token, it is the KL summed over the whole vocabulary, within its interval', async () => {
  const [policy, reference] = [tinyModel(3), tinyModel(4)];
  const prompt = ids(7);
  const every = tokens.map((id) => ({ prompt, response: ids(id) }));
  const [p, r] = [await logpRows(policy, every), await logpRows(reference, every)];
  const exact = sum(tokens.map((id) => Math.exp(sum(p[id])) * (sum(p[id]) - sum(r[id]))));
  const prompts = Array<Int32Array>(1000).fill(prompt);
  const samples = await samplePrompts({ model: policy, prompts, tokenizer, maxNewTokens: 1, temperature: 1, seed: 1 });
  const rows = samples.map((sample) => ({ prompt, response: sample.ids }));
  const kl = await sampledKl(policy, reference, rows, { rowsAtOnce: 64 });
  expect(kl.low).toBeLessThan(exact);
  expect(kl.high).toBeGreaterThan(exact);
  // An interval this narrow leaves out 0, half and twice the exact value.
  expect(kl.low).toBeGreaterThan(exact / 2);
  expect(kl.high).toBeLessThan(exact * 2);
  expect(kl.n).toBe(1000);
});

test('a model has none to its copy', async () => {
  const model = tinyModel(3);
  const copy = cloneModel(model);
  const before = tf.memory().numTensors;
  const rows = [{ prompt: ids(1, 2), response: ids(3, 4, 5) }];
  expect((await sampledKl(model, copy, rows)).value).toBe(0);
  expect(tf.memory().numTensors).toBe(before);
  disposeModel(copy);
});

test('a sample without tokens is named', async () => {
  const model = tinyModel(3);
  const rows = [{ prompt: ids(1), response: ids() }];
  await expect(sampledKl(model, model, rows)).rejects.toThrow('The response of sample 0 is empty');
});
