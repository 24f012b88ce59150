import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { beforeAll, describe, expect, test } from 'vitest';
import { fixture } from '../../test/oracle';
import { type CausalLM, disposeModel, logits } from '../causal_lm';
import { loadCheckpoint } from '../node';
import { generate } from './generate';
import { sampleToken } from './sample_token';

beforeAll(() => tf.setBackend('cpu'));

/** The definition: the whole row again for every token, nothing kept. */
async function uncached(model: CausalLM, prompt: Int32Array, count: number): Promise<number[]> {
  const ids = [...prompt];
  for (let i = 0; i < count; i++) {
    const all = (await logits(model, tf.tensor2d([ids], undefined, 'int32')).array())[0] as number[][];
    ids.push(sampleToken(Float32Array.from(all.at(-1) as number[]), {}, xoroshiro128plus(0)));
  }
  return ids.slice(prompt.length);
}

describe.each(['neox-sequential', 'llama-gqa'])('%s', (name) => {
  let model: CausalLM;
  beforeAll(async () => {
    model = await loadCheckpoint(fixture(name));
    return () => disposeModel(model);
  });
  const prompts = [[5, 9, 33], [60], [7, 7, 12, 40, 41, 90, 3]].map((ids) => Int32Array.from(ids));

  test('with kept keys and values, ragged prompts continue as each does alone and uncached', async () => {
    const before = tf.memory().numTensors;
    const together = await generate(model, prompts, { maxNewTokens: 12, eosId: -1 });
    expect(tf.memory().numTensors).toBe(before);
    for (const [i, prompt] of prompts.entries()) {
      expect([...(together[i] as Int32Array)]).toEqual(await uncached(model, prompt, 12));
    }
  });

  test('a row ends with its end token', async () => {
    const [free] = await generate(model, prompts, { maxNewTokens: 12, eosId: -1 });
    const eosId = free?.[4] as number;
    const [ended] = await generate(model, prompts, { maxNewTokens: 12, eosId });
    expect([...(ended as Int32Array)]).toEqual(
      [...(free as Int32Array)].slice(0, (free?.indexOf(eosId) as number) + 1),
    );
  });

  test('draws repeat with their seed and do not depend on the batch', async () => {
    const options = { maxNewTokens: 8, temperature: 1, topP: 0.9, eosId: -1 };
    const together = await generate(model, prompts, { ...options, seeds: [11, 12, 13] });
    const [alone] = await generate(model, [prompts[1] as Int32Array], { ...options, seeds: [12] });
    expect([...(alone as Int32Array)]).toEqual([...(together[1] as Int32Array)]);
    const [other] = await generate(model, [prompts[1] as Int32Array], { ...options, seeds: [99] });
    expect([...(other as Int32Array)]).not.toEqual([...(alone as Int32Array)]);
  });

  test('a row stops where the context is full', async () => {
    const [ids] = await generate(model, [new Int32Array(60).fill(5)], { maxNewTokens: 12, eosId: -1 });
    expect(ids?.length).toBe(model.config.maxPositionEmbeddings - 60);
    await expect(generate(model, [new Int32Array(64)], { maxNewTokens: 1 })).rejects.toThrow('Prompt 0 has 64 tokens');
  });
});

describe('sampling one token', () => {
  const logits = Float32Array.from([Math.log(0.5), Math.log(0.3), Math.log(0.15), Math.log(0.05)]);
  const share = (options: object) => {
    const random = xoroshiro128plus(1);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) {
      const id = sampleToken(logits, options, random);
      counts[id] = (counts[id] as number) + 1 / 20_000;
    }
    return counts;
  };
  const near = (actual: number[], expected: number[]) => {
    expected.forEach((p, i) => {
      expect(Math.abs((actual[i] as number) - p)).toBeLessThan(0.015);
    });
  };

  test('at temperature 0 the likeliest', () => expect(share({})[0]).toBeCloseTo(1));
  test('at temperature 1 by probability', () => near(share({ temperature: 1 }), [0.5, 0.3, 0.15, 0.05]));
  test('top-p keeps the fewest tokens that reach it', () =>
    near(share({ temperature: 1, topP: 0.75 }), [0.625, 0.375, 0, 0]));
  test('a low temperature sharpens', () => near(share({ temperature: 0.5 }), [0.685, 0.247, 0.062, 0.007]));
});

test('the first draws of neighbouring seeds are independent', async () => {
  const model = await loadCheckpoint(fixture('neox-parallel'));
  const prompts = Array.from({ length: 200 }, () => Int32Array.of(5));
  const draws = await generate(model, prompts, { maxNewTokens: 1, temperature: 50, eosId: -1 });
  // Close to uniform over 97 tokens: 200 draws hit about 85 of them, but equal streams would hit one.
  expect(new Set(draws.map(([id]) => id)).size).toBeGreaterThan(70);
  disposeModel(model);
});
