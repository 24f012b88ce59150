import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, fixture } from '../../test/oracle';
import { type CausalLM, cloneModel, createModel, disposeModel } from '../causal_lm';
import { readConfig } from '../families/families';
import { hiddenStates } from '../forward_pass';
import { loadCheckpoint } from '../node';
import { plainOutputs } from '../rows/plain_outputs';
import { rowOutputs } from '../rows/row_outputs';
import { layOut } from '../rows/token_layout';
import { tokenLogps } from '../rows/token_logps';
import type { TokenRow } from '../rows/token_row';
import { hasHead } from './heads';
import { addRewardHead } from './reward_head';
import { addValueHead } from './value_head';

const row = (prompt: number[], response: number[]): TokenRow => ({
  prompt: Int32Array.from(prompt),
  response: Int32Array.from(response),
});

/** Two prompts, one of them with three responses: they are laid out as trees. */
const rows = [
  row([3, 9, 4, 7, 1, 2], [5, 6, 8]),
  row([8, 2, 6, 2, 5], [7]),
  row([3, 9, 4, 7, 1, 2], [4]),
  row([8, 2, 6, 2, 5], [9, 1]),
  row([3, 9, 4, 7, 1, 2], [2, 2, 3, 5]),
];

const isHead = (name: string) => name.startsWith('value_head') || name.startsWith('score');
const weightOf = (model: CausalLM, name: string) => model.weights.get(name) as tf.Variable;

/** W x + b on plain numbers, from the tensors of the checkpoint. */
async function affine(model: CausalLM, name: string, x: readonly number[]): Promise<number[]> {
  const w = (await weightOf(model, `${name}.weight`).array()) as number[][];
  const b = await model.weights.get(`${name}.bias`)?.data();
  return w.map((numbers, i) => numbers.reduce((sum, weight, j) => sum + weight * (x[j] as number), b?.[i] ?? 0));
}

async function valueByHand(model: CausalLM, state: readonly number[]): Promise<number> {
  const relu = (x: readonly number[]) => x.map((number) => Math.max(0, number));
  const first = relu(await affine(model, 'value_head.0', state));
  const [value] = await affine(model, 'value_head.4', relu(await affine(model, 'value_head.2', first)));
  return value as number;
}

const cases = ['neox-parallel', 'llama-gqa'].flatMap((name) =>
  ['cpu', 'onnxruntime'].map((backend) => [name, backend] as const),
);

describe.each(cases)('%s on %s', (name, backend) => {
  let model: CausalLM;
  beforeAll(async () => {
    await tf.setBackend(backend);
    const trunk = await loadCheckpoint(fixture(name));
    model = addRewardHead(addValueHead(trunk, { seed: 1 }), { seed: 2 });
    // Fresh biases are 0 and would not be missed.
    for (const [i, key] of ['value_head.0.bias', 'value_head.2.bias', 'value_head.4.bias'].entries()) {
      const bias = weightOf(model, key);
      tf.tidy(() => bias.assign(tf.randomNormal(bias.shape, 0, 0.3, 'float32', i + 1)));
    }
    return () => disposeModel(model);
  });

  test('values and scores are those worked by hand from each row’s own hidden states', async () => {
    expect(layOut(rows).tree).toBeDefined();
    const { values, scores } = rowOutputs(model, rows, ['values', 'scores']);
    expect([values.shape, scores.shape]).toEqual([[5, 4], [5]]);
    for (const [i, { prompt, response }] of rows.entries()) {
      const ids = tf.tensor2d([[...prompt, ...response]], undefined, 'int32');
      const states = (await hiddenStates(model, ids).array())[0] as number[][];
      const expected = [0, 0, 0, 0];
      for (const t of response.keys()) {
        expected[t] = await valueByHand(model, states[prompt.length - 1 + t] as number[]);
      }
      expectClose(((await values.array())[i] as number[]) ?? [], expected, 1e-5);
      expectClose([(await scores.data())[i] as number], await affine(model, 'score', states.at(-1) as number[]), 1e-5);
    }
  });

  test('rows alone, rows together and plain data agree, whatever is asked for beside', async () => {
    const plain = await plainOutputs(model, rows, ['scores', 'values', 'logps'], { rowsAtOnce: 2 });
    const together = rowOutputs(model, rows, ['logps', 'values', 'scores']);
    const [tokens, values] = [await together.logps.tokens.array(), await together.values.array()];
    for (const [i, one] of rows.entries()) {
      const n = one.response.length;
      const alone = rowOutputs(model, [one], ['values', 'scores']);
      for (const numbers of [plain.values[i], values[i]?.slice(0, n)]) {
        expectClose(numbers ?? [], (await alone.values.data()).slice(0, n), 1e-5);
      }
      for (const score of [plain.scores[i], (await together.scores.data())[i]]) {
        expectClose([score as number], await alone.scores.data(), 1e-5);
      }
      for (const numbers of [plain.logps[i], tokens[i]?.slice(0, n)]) {
        expectClose(numbers ?? [], (await tokenLogps(model, [one]).tokens.data()).slice(0, n), 1e-5);
      }
    }
    expect(await together.logps.mask.array()).toEqual(await tokenLogps(model, rows).mask.array());
    expect(Object.keys(await plainOutputs(model, rows, ['values']))).toEqual(['values']);
  });

  /** Gradients of a scalar by weight; none where the tape leads nowhere. */
  function gradients(f: () => tf.Tensor): Map<string, tf.Tensor> {
    const { value, grads } = tf.variableGrads(() => tf.sum(f()) as tf.Scalar, [...model.weights.values()]);
    value.dispose();
    const found = [...model.weights].map(([key, { name }]) => [key, grads[name]] as const);
    return new Map(found.filter((entry): entry is [string, tf.Tensor] => entry[1] !== undefined));
  }

  /** The slope of f along one number of a weight, by central differences. */
  async function slope(f: () => tf.Tensor, key: string, index: number): Promise<number> {
    const weight = weightOf(model, key);
    const numbers = Float32Array.from(await weight.data<'float32'>());
    const step = 1e-2;
    const at = async (move: number) => {
      const moved = numbers.slice();
      moved[index] = (moved[index] as number) + move;
      tf.tidy(() => weight.assign(tf.tensor(moved, weight.shape)));
      return ((await tf.sum(f()).data())[0] as number) / (2 * step);
    };
    const result = (await at(step)) - (await at(-step));
    await at(0);
    return result;
  }

  async function expectSlopes(f: () => tf.Tensor, keys: readonly string[]): Promise<void> {
    const found = gradients(f);
    for (const key of keys) {
      const numbers = await (found.get(key) as tf.Tensor).data<'float32'>();
      const steepest = numbers.reduce((most, x, i) => (Math.abs(x) > Math.abs(numbers[most] as number) ? i : most), 0);
      const gradient = numbers[steepest] as number;
      expect(Math.abs(gradient), key).toBeGreaterThan(1e-4);
      expect(Math.abs((await slope(f, key, steepest)) / gradient - 1), key).toBeLessThan(0.02);
    }
  }

  test('the gradient of values reaches the head and no further', async () => {
    const values = () => rowOutputs(model, rows, ['values']).values;
    expect([...gradients(values).keys()]).toEqual([...model.weights.keys()].filter((key) => key.startsWith('value')));
    await expectSlopes(values, ['value_head.0.weight', 'value_head.2.bias', 'value_head.4.weight']);
    const both = gradients(() => {
      const { logps, values } = rowOutputs(model, rows, ['logps', 'values']);
      return tf.add(logps.tokens, values);
    });
    for (const [key, gradient] of gradients(() => tokenLogps(model, rows).tokens)) {
      expect(await both.get(key)?.data(), key).toEqual(await gradient.data());
    }
  });

  test('the gradient of scores reaches the whole model', async () => {
    const scores = () => rowOutputs(model, rows, ['scores']).scores;
    const found = gradients(scores);
    // Nothing but the vocabulary matrix and the other head has no part in a score.
    const apart = [...model.weights.keys()].filter((key) => !found.has(key));
    expect(apart.every((key) => key.startsWith('value') || /^(embed_out|lm_head)/.test(key))).toBe(true);
    const ofTrunk = [...found.keys()].filter((key) =>
      /(final_layer_norm|model\.norm|embed_in|embed_tokens)\.weight$/.test(key),
    );
    expect(ofTrunk).toHaveLength(2);
    await expectSlopes(scores, ['score.weight', ...ofTrunk]);
  });

  test('no tensor stays behind', async () => {
    const before = tf.memory().numTensors;
    await plainOutputs(model, rows, ['logps', 'values', 'scores'], { rowsAtOnce: 2 });
    const { logps, values, scores } = rowOutputs(model, rows, ['logps', 'values', 'scores']);
    tf.dispose([logps.tokens, logps.mask, values, scores]);
    tf.dispose([...gradients(() => rowOutputs(model, rows, ['values']).values).values()]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a head', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  const config = readConfig({
    ...{ model_type: 'gpt_neox', vocab_size: 30, hidden_size: 64, num_hidden_layers: 1, num_attention_heads: 2 },
    max_position_embeddings: 16,
  });

  test('starts alike for one seed and otherwise for the next, its values near 0', async () => {
    const first = [1, 1, 2].map((seed) => addValueHead(createModel(config, { seed: 1 }), { seed }));
    const drawn = first.map((model) => weightOf(model, 'value_head.0.weight').dataSync());
    expect(drawn[1]).toEqual(drawn[0]);
    const apart = drawn[0]?.map((x, i) => Math.abs(x - (drawn[2]?.[i] as number))).slice(0, 10);
    expect(Math.min(...(apart ?? []))).toBeGreaterThan(1e-3);
    const values = await rowOutputs(first[0] as CausalLM, rows, ['values']).values.data();
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(0.5);
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0);
    first.forEach(disposeModel);
  });

  test('shares the model’s own variables, is cloned with them and disposed of with them', () => {
    const before = tf.memory().numTensors;
    const trunk = createModel(config, { seed: 1 });
    const model = addRewardHead(addValueHead(trunk, { seed: 1 }), { seed: 1 });
    for (const [name, weight] of trunk.weights) expect(model.weights.get(name)).toBe(weight);
    const copy = cloneModel(model);
    expect([...copy.weights.keys()]).toEqual([...model.weights.keys()]);
    expect([...model.weights.keys()].filter(isHead)).toHaveLength(7);
    expect([trunk, model, copy].map((one) => [hasHead(one, 'value'), hasHead(one, 'reward')])).toEqual([
      [false, false],
      [true, true],
      [true, true],
    ]);
    disposeModel(model);
    disposeModel(copy);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('that is not there, or is there already, is an error that says what to do', async () => {
    const model = createModel(config, { seed: 1 });
    const before = tf.memory().numTensors;
    expect(() => rowOutputs(model, rows, ['values'])).toThrow(
      'The model needs a value head and has none: addValueHead(model, { seed }) gives it one.',
    );
    await expect(plainOutputs(model, rows, ['scores'])).rejects.toThrow('addRewardHead(model, { seed }) gives it one');
    expect(tf.memory().numTensors).toBe(before);
    const rewarding = addRewardHead(model, { seed: 1 });
    expect(() => addRewardHead(rewarding, { seed: 2 })).toThrow('has a reward head already');
    disposeModel(rewarding);
  });
});
