import '@tensorflow/tfjs';
import { cloneModel, createModel, disposeModel, logpRows, readConfig } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { heldOutRewards, summarise } from './held_out_rewards';
import { samplePrompts } from './sample';
import { sampledKl } from './sampled_kl';

beforeAll(() => tf.setBackend('cpu'));

const config = readConfig({
  model_type: 'gpt_neox',
  vocab_size: 20,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  max_position_embeddings: 32,
  initializer_range: 0.5,
});
const ids = (...values: number[]) => Int32Array.from(values);
const preferences = [
  { prompt: ids(1, 2), chosen: ids(3, 4), rejected: ids(5) },
  { prompt: ids(6), chosen: ids(7), rejected: ids(8, 9, 10) },
  { prompt: ids(2, 2, 2), chosen: ids(1, 1), rejected: ids(3, 3) },
];

test('figures from rewards, by hand', () => {
  const rewards = [
    { chosen: 1, rejected: 0 },
    { chosen: 0, rejected: 2 },
    { chosen: 0.5, rejected: 0.5 },
  ];
  const result = summarise(preferences, rewards);
  expect(result.accuracy.value).toBe(1.5 / 3);
  expect(result.margin.value).toBeCloseTo(-1 / 3);
  // The chosen response is longer, shorter, and as long as the rejected one.
  expect(result.shorterWins.value).toBe(1.5 / 3);
  expect(result.meanChosenReward).toBe(0.5);
});

test('a policy that is its reference has reward 0 everywhere: all ties; another policy has beta times its log-ratios', async () => {
  const [policy, reference] = [createModel(config, { seed: 1 }), createModel(config, { seed: 2 })];
  const before = tf.memory().numTensors;
  const same = await heldOutRewards({ policy, reference: policy, preferences, beta: 0.1 });
  expect(same.accuracy.value).toBe(0.5);
  expect(same.margin.value).toBe(0);
  const seen: number[] = [];
  const result = await heldOutRewards({ policy, reference, preferences, beta: 0.1, onProgress: (n) => seen.push(n) });
  const rows = preferences.map(({ prompt, chosen }) => ({ prompt, response: chosen }));
  const [p, r] = [await logpRows(policy, rows), await logpRows(reference, rows)];
  const sum = (x: Float32Array = new Float32Array()) => x.reduce((a, b) => a + b, 0);
  const expected = p.reduce((total, row, i) => total + 0.1 * (sum(row) - sum(r[i])), 0) / 3;
  expect(result.meanChosenReward).toBeCloseTo(expected, 6);
  expect(seen).toEqual([3]);
  expect(tf.memory().numTensors).toBe(before);
  disposeModel(policy);
  disposeModel(reference);
});

test('samples do not depend on how many are drawn at once', async () => {
  const model = createModel(config, { seed: 3 });
  const tokenizer = { decode: (ids: ArrayLike<number>) => Array.from(ids).join(' '), eosId: 0 };
  const options = {
    model,
    prompts: preferences.map((p) => p.prompt),
    tokenizer,
    maxNewTokens: 6,
    temperature: 1,
    topP: 0.9,
    seed: 5,
  };
  const together = await samplePrompts(options);
  expect(await samplePrompts({ ...options, rowsAtOnce: 1 })).toEqual(together);
  expect(await samplePrompts({ ...options, seed: 6 })).not.toEqual(together);
  for (const { ids, text, finished } of together) {
    expect(finished).toBe(ids.at(-1) === 0);
    expect(text.split(' ').length).toBe(finished ? Math.max(1, ids.length - 1) : ids.length);
  }
  const rows = together.map(({ ids }, i) => ({ prompt: preferences[i]?.prompt as Int32Array, response: ids }));
  const copy = cloneModel(model);
  expect((await sampledKl(model, copy, rows)).value).toBe(0);
  disposeModel(model);
  disposeModel(copy);
});

test('the KL of a policy to another model, on enough of its own samples, is positive', async () => {
  const [policy, reference] = [createModel(config, { seed: 3 }), createModel(config, { seed: 4 })];
  const prompts = Array.from({ length: 60 }, (_, i) => ids(1 + (i % 19)));
  const tokenizer = { decode: () => '', eosId: 0 };
  const samples = await samplePrompts({ model: policy, prompts, tokenizer, maxNewTokens: 5, temperature: 1 });
  const kl = await sampledKl(
    policy,
    reference,
    samples.map(({ ids }, i) => ({ prompt: prompts[i] as Int32Array, response: ids })),
  );
  expect(kl.low).toBeGreaterThan(0);
  disposeModel(policy);
  disposeModel(reference);
});
