import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ExactLogits, exactLogits } from '../test/exact_logits';
import { expectClose } from '../test/oracle';
import { type CausalLM, createModel, disposeModel } from './causal_lm';
import { readConfig } from './families/families';
import { logits } from './forward_pass';
import { generate } from './generation/generate';
import { logpRows } from './rows/token_logps';
import { registerWasmKernels } from './wasm';

// Models larger than the oracle's, on every backend, beside the same in float64.

const sizes = {
  vocab_size: 211,
  hidden_size: 64,
  num_hidden_layers: 8,
  num_attention_heads: 4,
  initializer_range: 0.125,
};
const configs = {
  'a Llama with grouped queries': { model_type: 'llama', ...sizes, intermediate_size: 172, num_key_value_heads: 2 },
  'a GPT-NeoX': { model_type: 'gpt_neox', ...sizes, intermediate_size: 256 },
};
const backends = ['cpu', 'wasm', 'onnxruntime'];
const [seed, promptLength, newTokens] = [3, 230, 26];

const random = xoroshiro128plus(7);
const prompt = Array.from({ length: promptLength }, () => uniformInt(random, 0, sizes.vocab_size - 1));

registerWasmKernels();

/** Runs the program on a backend, with a model that is the same on each. */
async function on<T>(backend: string, config: object, program: (model: CausalLM) => Promise<T>): Promise<T> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const model = createModel(readConfig({ ...config }), { seed });
  const result = await program(model);
  disposeModel(model);
  expect(tf.memory().numTensors).toBe(before);
  return result;
}

const continued = (model: CausalLM) =>
  generate(model, [Int32Array.from(prompt), Int32Array.from(prompt.slice(0, 7))], { maxNewTokens: newTokens });

/** Largest and root mean square difference. */
function difference(a: readonly number[][], b: readonly number[][]): { largest: number; mean: number } {
  const all = a.flatMap((row, i) => row.map((x, j) => Math.abs(x - (b[i]?.[j] as number))));
  return {
    largest: all.reduce((most, x) => Math.max(most, x), 0),
    mean: Math.sqrt(all.reduce((sum, x) => sum + x * x, 0) / all.length),
  };
}

describe.each(Object.entries(configs))('%s', (_, config) => {
  let ids: number[];
  let short: Int32Array;
  let exact: ExactLogits['exact'];
  let bound: { largest: number; mean: number };

  beforeAll(async () => {
    const [long, other] = (await on('onnxruntime', config, continued)) as [Int32Array, Int32Array];
    ids = [...prompt, ...long];
    short = other;
    const { moved, ...rest } = await exactLogits({ config, seed, ids });
    exact = rest.exact;
    // Whoever adds n products in float32, one after the other, is off by some sqrt(n) roundings of a term.
    const roundings = Math.sqrt(config.intermediate_size);
    const { largest, mean } = difference(moved, exact);
    bound = { largest: roundings * largest, mean: roundings * mean };
  });

  test('a rounding of the weights is little beside the logits', () => {
    const scale = difference(
      exact,
      exact.map((row) => row.map(() => 0)),
    );
    expect(bound.mean).toBeGreaterThan(1e-7 * scale.mean);
    expect(bound.mean).toBeLessThan(1e-5 * scale.mean);
  });

  test.each(backends)('logits on %s are exact but for rounding', async (backend) => {
    const all = await on(backend, config, async (model) => {
      const result = tf.tidy(() => logits(model, tf.tensor2d([ids], undefined, 'int32')));
      const [values] = await result.array();
      result.dispose();
      return values as number[][];
    });
    const { largest, mean } = difference(all, exact);
    expect(mean).toBeLessThan(bound.mean);
    expect(largest).toBeLessThan(bound.largest);
  });

  test.each(backends)('log-probabilities on %s are exact but for rounding', async (backend) => {
    const row = { prompt: Int32Array.from(prompt.slice(0, 50)), response: Int32Array.from(ids.slice(50)) };
    const [logps] = await on(backend, config, (model) => logpRows(model, [row]));
    const expected = ids.slice(50).map((id, i) => {
      const row = exact[49 + i] as number[];
      return (row[id] as number) - Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
    });
    // Of the label's logit and of all the others'.
    expectClose(logps as Float32Array, expected, 2 * bound.largest);
  });

  test.each(backends)('%s says the likeliest tokens', async (backend) => {
    expect(await on(backend, config, continued)).toEqual([Int32Array.from(ids.slice(promptLength)), short]);
  });

  test('which rounding does not decide', () => {
    for (const [i, id] of ids.slice(promptLength).entries()) {
      const [first, second] = [...(exact[promptLength + i - 1] as number[])].sort((a, b) => b - a) as [number, number];
      expect(exact[promptLength + i - 1]?.[id]).toBe(first);
      expect(first - second).toBeGreaterThan(2 * bound.largest);
    }
  });
});
