import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ids, tinyModel } from '../test/tiny_models';
import { samplePrompts } from './sample';

beforeAll(() => tf.setBackend('cpu'));

const prompts = [ids(6, 7, 8, 9), ids(1, 2), ids(6), ids(2, 2, 2), ids(1, 2), ids(11, 3), ids(17)];
const tokenizer = { decode: (ids: ArrayLike<number>) => Array.from(ids).join(' '), eosId: 0 };
const settings = { prompts, tokenizer, maxNewTokens: 6 };

test.each([
  ['greedy', { temperature: 0 }],
  ['drawn', { temperature: 1, topP: 0.9, seed: 5 }],
])('%s samples do not depend on how many are made at once', async (_, sampling) => {
  const options = { ...settings, ...sampling, model: tinyModel(3) };
  const before = tf.memory().numTensors;
  const together = await samplePrompts(options);
  const seen: number[] = [];
  for (const rowsAtOnce of [1, 3]) {
    const onProgress = (done: number) => seen.push(done);
    expect(await samplePrompts({ ...options, rowsAtOnce, onProgress })).toEqual(together);
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 3, 6, 7]);
  expect(tf.memory().numTensors).toBe(before);
});

test('greedy ignores the seed, draws follow it, and one prompt twice is drawn twice', async () => {
  const options = { ...settings, model: tinyModel(3) };
  const greedy = await samplePrompts(options);
  expect(await samplePrompts({ ...options, seed: 9 })).toEqual(greedy);
  expect(greedy[4]).toEqual(greedy[1]);
  const drawn = await samplePrompts({ ...options, temperature: 1, seed: 5 });
  expect(await samplePrompts({ ...options, temperature: 1, seed: 6 })).not.toEqual(drawn);
  expect(drawn[4]).not.toEqual(drawn[1]);
});

test('a part of a list is drawn as it is drawn in the list', async () => {
  const options = { ...settings, model: tinyModel(3), temperature: 1, topP: 0.9, seed: 5 };
  const whole = await samplePrompts(options);
  const places = [2, 3, 6];
  const part = { prompts: places.map((i) => prompts[i] as Int32Array), places };
  expect(await samplePrompts({ ...options, ...part })).toEqual(places.map((i) => whole[i]));
  await expect(samplePrompts({ ...options, places })).rejects.toThrow('7 prompts and 3 places');
});

test('any of several end tokens ends a sample; a signal ends them all', async () => {
  const options = { ...settings, model: tinyModel(3), temperature: 1, seed: 2 };
  const either = await samplePrompts({ ...options, tokenizer: { ...tokenizer, eosId: [0, 7] } });
  const ends = either.flatMap(({ ids, finished }) => (finished ? [ids.at(-1)] : []));
  expect(new Set(ends)).toEqual(new Set([0, 7]));
  for (const { ids, text, finished } of either) expect(text).toBe(tokenizer.decode(finished ? ids.slice(0, -1) : ids));
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(samplePrompts({ ...options, signal })).rejects.toThrow('enough');
});

test('a sample ends with its end token, which is no text, or at the limit', async () => {
  const many = Array.from({ length: 40 }, (_, i) => ids(1 + (i % 19)));
  const samples = await samplePrompts({ ...settings, prompts: many, model: tinyModel(3), temperature: 1 });
  for (const { ids, text, finished } of samples) {
    expect(finished).toBe(ids.at(-1) === 0);
    if (!finished) expect(ids.length).toBe(6);
    expect(text).toBe(tokenizer.decode(finished ? ids.slice(0, -1) : ids));
  }
  expect(new Set(samples.map(({ finished }) => finished))).toEqual(new Set([true, false]));
});

test('a stop string ends a sample, whose text ends before it', async () => {
  const options = { ...settings, model: tinyModel(3), tokenizer: { ...tokenizer, eosId: -1 } };
  const free = await samplePrompts(options);
  const words = (free[0]?.text ?? '').split(' ');
  const stop = [` ${words[2]} ${words[3]}`];
  const [stopped, ...others] = await samplePrompts({ ...options, stop });
  const at = free[0]?.text.indexOf(stop[0] as string) as number;
  expect(stopped?.text).toBe(free[0]?.text.slice(0, at));
  expect(stopped?.finished).toBe(true);
  expect(stopped?.ids.length).toBeLessThan(6);
  for (const [i, { text, finished }] of others.entries()) {
    const whole = free[i + 1]?.text as string;
    expect(finished).toBe(whole.includes(stop[0] as string));
    if (!finished) expect(text).toBe(whole);
  }
});

test('a control token stands behind every prompt', async () => {
  const encode = (text: string) => (text === '<|good|>' ? ids(5, 4) : ids());
  const options = { ...settings, model: tinyModel(3), tokenizer: { ...tokenizer, encode } };
  const controlled = await samplePrompts({ ...options, controlToken: '<|good|>' });
  const behind = await samplePrompts({ ...options, prompts: prompts.map((prompt) => ids(...prompt, 5, 4)) });
  expect(controlled).toEqual(behind);
  expect(controlled).not.toEqual(await samplePrompts(options));
  await expect(samplePrompts({ ...settings, model: tinyModel(3), controlToken: 'x' })).rejects.toThrow('encodes');
});

test('top-k and the repetition penalty reach the sampler', async () => {
  const options = { ...settings, model: tinyModel(3), temperature: 3 };
  const greedy = await samplePrompts({ ...options, temperature: 0 });
  expect(await samplePrompts({ ...options, topK: 1 })).toEqual(greedy);
  const penalised = await samplePrompts({ ...options, temperature: 0, repetitionPenalty: 1.5 });
  expect(penalised).not.toEqual(greedy);
  expect(await samplePrompts({ ...options, temperature: 0, repetitionPenalty: 1 })).toEqual(greedy);
});

test('a prompt that cannot be continued is named by its place, before any is answered', async () => {
  const onProgress = () => expect.unreachable();
  const options = { ...settings, model: tinyModel(3), rowsAtOnce: 1, onProgress };
  const empty = samplePrompts({ ...options, prompts: [...prompts, ids()] });
  await expect(empty).rejects.toThrow('Prompt 7 is empty');
  const long = samplePrompts({ ...options, prompts: [ids(1), new Int32Array(32), ids(2)] });
  await expect(long).rejects.toThrow('Prompt 1 has 32 tokens and fills the context of 32: cut it.');
  await expect(samplePrompts({ ...options, rowsAtOnce: 0 })).rejects.toThrow('rowsAtOnce is 0');
});
