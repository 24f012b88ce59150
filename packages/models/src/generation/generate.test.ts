import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fixture } from '../../test/oracle';
import { type CausalLM, disposeModel } from '../causal_lm';
import { logits, outputEmbedding } from '../forward_pass';
import { loadCheckpoint } from '../node';
import { randomStream } from '../random_stream';
import { registerWasmKernels } from '../wasm';
import { generate, generateStream } from './generate';
import type { GenerateOptions } from './generate_options';
import type { GeneratedToken } from './open_response';
import { sampleToken } from './sample_token';

beforeAll(() => registerWasmKernels());

const ids = (...list: number[]) => Int32Array.from(list);
const prompts = [ids(5, 9, 33), ids(60), ids(7, 7, 12, 40, 41, 90, 3)];
const forever = { eosId: [] };
const plain = (lists: readonly Int32Array[]) => lists.map((list) => [...list]);

/** The definition: the whole row again for every token, nothing kept. */
async function uncached(model: CausalLM, prompt: Int32Array, options: GenerateOptions, seed = 0): Promise<number[]> {
  const row = [...prompt];
  const random = randomStream(seed);
  for (let i = 0; i < options.maxNewTokens; i++) {
    const all = tf.tidy(() => logits(model, tf.tensor2d([row], undefined, 'int32')));
    const last = ((await all.array())[0] as number[][]).at(-1) as number[];
    all.dispose();
    row.push(sampleToken(Float32Array.from(last), options, random, row));
  }
  return row.slice(prompt.length);
}

async function collect(stream: AsyncIterable<GeneratedToken>): Promise<GeneratedToken[]> {
  const tokens: GeneratedToken[] = [];
  for await (const token of stream) tokens.push(token);
  return tokens;
}

const models = ['neox-parallel', 'neox-sequential', 'llama-mha', 'llama-gqa', 'llama-tied', 'llama-rope3'];
const cases = ['cpu', 'wasm', 'onnxruntime'].flatMap((backend) => models.map((name) => [name, backend] as const));

describe.each(cases)('%s on %s', (name, backend) => {
  let model: CausalLM;
  beforeAll(async () => {
    await tf.setBackend(backend);
    model = await loadCheckpoint(fixture(name));
    return () => disposeModel(model);
  });
  // A fresh model repeats itself; vectors that are larger make it decide.
  const settings = [
    ['the likeliest', {}],
    ['penalised', { repetitionPenalty: 1.4 }],
    ['drawn', { temperature: 1.5, topK: 40, topP: 0.9, repetitionPenalty: 1.1 }],
  ] as const;

  test.each(settings)('ragged prompts continue as each does alone and uncached: %s', async (_, sampling) => {
    const before = tf.memory().numTensors;
    const options = { maxNewTokens: 12, ...forever, ...sampling };
    const together = await generate(model, prompts, { ...options, seeds: [4, 5, 6] });
    expect(tf.memory().numTensors).toBe(before);
    for (const [i, prompt] of prompts.entries()) {
      expect([...(together[i] as Int32Array)]).toEqual(await uncached(model, prompt, options, 4 + i));
    }
  });
});

describe.each(['cpu', 'onnxruntime'])('on %s', (backend) => {
  let model: CausalLM;
  beforeAll(async () => {
    await tf.setBackend(backend);
    model = await loadCheckpoint(fixture('neox-sequential'));
    return () => disposeModel(model);
  });
  let before = 0;
  beforeAll(() => {
    before = tf.memory().numTensors;
  });
  afterEach(() => expect(tf.memory().numTensors).toBe(before));

  test('a row ends with its end token, or with any of several', async () => {
    const [free] = plain(await generate(model, prompts, { maxNewTokens: 12, ...forever })) as [number[]];
    const last = free[4] as number;
    const until = (...ends: number[]) => free.slice(0, free.findIndex((id) => ends.includes(id)) + 1);
    expect(plain(await generate(model, prompts, { maxNewTokens: 12, eosId: last }))[0]).toEqual(until(last));
    const both = [free[6] as number, last];
    expect(plain(await generate(model, prompts, { maxNewTokens: 12, eosId: both }))[0]).toEqual(until(...both));
    const ending = { ...model, config: { ...model.config, eosTokenId: both[0], eosTokenIds: both } };
    expect(plain(await generate(ending, prompts, { maxNewTokens: 12 }))[0]).toEqual(until(...both));
  });

  test('rows go on when others have ended, as if these were not there', async () => {
    const free = plain(await generate(model, prompts, { maxNewTokens: 30, ...forever }));
    const eosId = free[0]?.[1] as number;
    const ended = plain(await generate(model, prompts, { maxNewTokens: 30, eosId }));
    expect(ended[0]).toEqual(free[0]?.slice(0, (free[0]?.indexOf(eosId) ?? 0) + 1));
    for (const [i, list] of free.entries()) {
      const at = list.indexOf(eosId);
      expect(ended[i]).toEqual(at < 0 ? list : list.slice(0, at + 1));
    }
  });

  test('draws repeat with their seed and do not depend on the batch', async () => {
    const options = { maxNewTokens: 8, temperature: 1, topP: 0.9, ...forever };
    const together = plain(await generate(model, prompts, { ...options, seeds: [11, 12, 13] }));
    const alone = async (seed: number) => plain(await generate(model, [ids(60)], { ...options, seeds: [seed] }))[0];
    expect(await alone(12)).toEqual(together[1]);
    expect(await alone(99)).not.toEqual(together[1]);
  });

  test('a row stops where the context is full, and says so', async () => {
    const options = { maxNewTokens: 12, ...forever };
    const tokens = await collect(generateStream(model, [new Int32Array(60).fill(5), ids(5)], options));
    expect(tokens.filter(({ row }) => row === 0).map(({ end }) => end)).toEqual([
      undefined,
      undefined,
      undefined,
      'context',
    ]);
    expect(tokens.filter(({ row }) => row === 1).map(({ end }) => end)[11]).toBe('length');
    const whole = await generate(model, [new Int32Array(63).fill(5)], options);
    expect(whole[0]?.length).toBe(1);
  });

  test('a stop string ends a row with the token that completes it, and the text before it', async () => {
    const decode = (list: readonly number[]) => list.map((id) => `<${id}>`).join('');
    const [free] = plain(await generate(model, prompts, { maxNewTokens: 12, ...forever })) as [number[]];
    // Parted by tokens: the last sign of one, and the first of the next.
    const stop = [`>${decode(free.slice(4, 6)).slice(0, -1)}`];
    const tokens = await collect(generateStream(model, prompts, { maxNewTokens: 12, ...forever, decode, stop }));
    const own = tokens.filter(({ row }) => row === 0);
    expect(own.map(({ id }) => id)).toEqual(free.slice(0, 6));
    expect(own.at(-1)?.end).toBe('stop');
    expect(own.map(({ text }) => text).join('')).toBe(decode(free.slice(0, 4)).slice(0, -1));
    // The others have all their text.
    const other = tokens.filter(({ row }) => row === 1);
    expect(other.map(({ text }) => text).join('')).toBe(decode(other.map(({ id }) => id)));
    expect(other.at(-1)?.end).toBe('length');
  });

  test('an end token is no text', async () => {
    const [free] = plain(await generate(model, prompts, { maxNewTokens: 12, ...forever })) as [number[]];
    const options = { maxNewTokens: 12, eosId: free[4] as number, decode: (list: readonly number[]) => list.join(' ') };
    const tokens = (await collect(generateStream(model, prompts, options))).filter(({ row }) => row === 0);
    expect(tokens.at(-1)).toEqual({ row: 0, id: free[4], text: '', end: 'eos' });
  });

  test.each([{}, { temperature: 1 }])('a signal ends it and frees everything: %j', async (sampling) => {
    const stop = new AbortController();
    const seen: number[] = [];
    const run = async () => {
      const options = { maxNewTokens: 50, ...forever, ...sampling, signal: stop.signal };
      for await (const { id } of generateStream(model, [ids(60)], options)) {
        seen.push(id);
        if (seen.length === 3) stop.abort(new Error('enough'));
      }
    };
    await expect(run()).rejects.toThrow('enough');
    expect(seen).toHaveLength(3);
    await expect(generate(model, [ids(60)], { maxNewTokens: 5, signal: stop.signal })).rejects.toThrow('enough');
  });

  test.each([{}, { temperature: 1 }])('who leaves the loop leaves nothing behind: %j', async (sampling) => {
    for await (const { id } of generateStream(model, prompts, { maxNewTokens: 50, ...forever, ...sampling })) {
      if (id >= 0) break;
    }
  });

  test('logits that are NaN are an error that says so, whichever way a token is chosen', async () => {
    const vocabulary = outputEmbedding(model) as unknown as tf.Variable;
    const good = tf.clone(vocabulary);
    tf.tidy(() => vocabulary.assign(tf.mul(vocabulary, Number.NaN)));
    const options = { maxNewTokens: 5, ...forever };
    await expect(generate(model, prompts, options)).rejects.toThrow('Logits of prompt 0 are NaN');
    await expect(generate(model, prompts, { ...options, temperature: 1 })).rejects.toThrow('logit of token 0 is NaN');
    vocabulary.assign(good);
    good.dispose();
  });
});

test('the first draws of neighbouring seeds are independent', async () => {
  await tf.setBackend('cpu');
  const model = await loadCheckpoint(fixture('neox-parallel'));
  const many = Array.from({ length: 200 }, () => ids(5));
  const draws = await generate(model, many, { maxNewTokens: 1, temperature: 50, ...forever });
  // Close to uniform over 97 tokens: 200 draws hit about 85 of them, but equal streams would hit one.
  expect(new Set(draws.map(([id]) => id)).size).toBeGreaterThan(70);
  disposeModel(model);
});

test.each<[string, Int32Array[], Partial<GenerateOptions>]>([
  ['Prompt 1 is empty', [ids(1), ids()], {}],
  ['Prompt 0 has 64 tokens and fills the context of 64: cut it.', [new Int32Array(64)], {}],
  ['Prompt 1 holds the token 97, and the model', [ids(1), ids(96, 97)], {}],
  ['Prompt 0 holds the token -1', [ids(-1)], {}],
  ['maxNewTokens is 0', [ids(1)], { maxNewTokens: 0 }],
  ['stop needs decode', [ids(1)], { stop: ['x'] }],
  ['stop holds an empty text', [ids(1)], { stop: [''], decode: () => '' }],
  ['There are 2 prompts and 1 seeds', [ids(1), ids(2)], { seeds: [1] }],
  ['topP is 2', [ids(1)], { topP: 2 }],
])('%s', async (message, lists, options) => {
  await tf.setBackend('cpu');
  const model = await loadCheckpoint(fixture('neox-sequential'));
  await expect(generate(model, lists, { maxNewTokens: 1, ...options })).rejects.toThrow(message);
  expect(await generate(model, [], { maxNewTokens: 1 })).toEqual([]);
  disposeModel(model);
});
