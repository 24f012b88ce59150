import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fillAdapter, gradientsOf, weightOf } from '../../test/adapters';
import { type CausalLM, cloneModel, createModel, disposeModel } from '../causal_lm';
import { readConfig } from '../families/families';
import { logits } from '../forward_pass';
import { addRewardHead } from '../heads/reward_head';
import { addValueHead } from '../heads/value_head';
import { rowOutputs } from '../rows/row_outputs';
import { isOfAdapter } from './adapter';
import { addAdapter } from './add_adapter';
import { mergeAdapter, withoutAdapter } from './merge_adapter';

const sizes = { vocab_size: 30, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 12 };
const neox = readConfig({ model_type: 'gpt_neox', ...sizes, max_position_embeddings: 16 });
const llama = readConfig({ model_type: 'llama', ...sizes, max_position_embeddings: 16, num_key_value_heads: 1 });
const rows = [{ prompt: Int32Array.of(1, 2, 3), response: Int32Array.of(4, 5) }];
/** Logits of a few tokens. */
async function computed(model: CausalLM): Promise<number[]> {
  const all = tf.tidy(() => logits(model, tf.tensor2d([[1, 2, 3, 4]], undefined, 'int32')));
  const numbers = [...(await all.data<'float32'>())];
  all.dispose();
  return numbers;
}

const adapterNames = (model: CausalLM) => [...model.weights.keys()].filter(isOfAdapter);
const shapesOf = (model: CausalLM) =>
  Object.fromEntries(adapterNames(model).map((name) => [name, weightOf(model, name).shape]));

beforeAll(() => tf.setBackend('cpu'));

describe('what is adapted', () => {
  const modulesOf = (model: CausalLM) =>
    adapterNames(model)
      .filter((name) => name.includes('lora_A'))
      .map((name) => name.replace(/^(gpt_neox|model)\.layers\./, '').replace('.lora_A.weight', ''));
  const adapted = (config: typeof neox | typeof llama, targets?: 'all-linear' | readonly string[]) => {
    const model = addAdapter(createModel(config, { seed: 1 }), { seed: 1, targets });
    const modules = modulesOf(model);
    disposeModel(model);
    return modules;
  };

  test('is every linear layer of the layers, with A [rank, in] and B [out, rank], a packed one as one', () => {
    const model = addAdapter(createModel(neox, { seed: 1 }), { seed: 1, rank: 3 });
    const layer = (i: number) => ({
      [`gpt_neox.layers.${i}.attention.query_key_value.lora_A.weight`]: [3, 8],
      [`gpt_neox.layers.${i}.attention.query_key_value.lora_B.weight`]: [24, 3],
      [`gpt_neox.layers.${i}.attention.dense.lora_A.weight`]: [3, 8],
      [`gpt_neox.layers.${i}.attention.dense.lora_B.weight`]: [8, 3],
      [`gpt_neox.layers.${i}.mlp.dense_h_to_4h.lora_A.weight`]: [3, 8],
      [`gpt_neox.layers.${i}.mlp.dense_h_to_4h.lora_B.weight`]: [12, 3],
      [`gpt_neox.layers.${i}.mlp.dense_4h_to_h.lora_A.weight`]: [3, 12],
      [`gpt_neox.layers.${i}.mlp.dense_4h_to_h.lora_B.weight`]: [8, 3],
    });
    expect(shapesOf(model)).toEqual({ ...layer(0), ...layer(1) });
    disposeModel(model);
    expect(adapted(llama)).toHaveLength(14);
  });

  test('or what is named, by the end of its module name as PEFT has it', () => {
    expect(adapted(llama, ['q_proj', 'v_proj'])).toEqual(
      [0, 1].flatMap((i) => [`${i}.self_attn.q_proj`, `${i}.self_attn.v_proj`]),
    );
    expect(adapted(neox, ['dense'])).toEqual(['0.attention.dense', '1.attention.dense']);
    expect(adapted(neox, ['mlp.dense_4h_to_h', 'gpt_neox.layers.1.attention.dense'])).toEqual([
      ...['0.mlp.dense_4h_to_h', '1.attention.dense', '1.mlp.dense_4h_to_h'],
    ]);
    expect(adapted(llama, ['layers.1.self_attn.o_proj'])).toEqual(['1.self_attn.o_proj']);
  });

  test.each([
    [
      ['q_proj'],
      'no linear layer of a gpt_neox model is named "q_proj"; there are query_key_value, dense, dense_h_to_4h',
    ],
    [['dense', 'embed_out'], 'named "embed_out"'],
    [['ense'], 'named "ense"'],
    [[], 'targets: names no linear layer; there are query_key_value'],
  ])('%j is refused', (targets, message) => {
    const model = createModel(neox, { seed: 1 });
    const before = tf.memory().numTensors;
    expect(() => addAdapter(model, { seed: 1, targets })).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
    expect([...model.weights.values()].every(({ trainable }) => trainable)).toBe(true);
    disposeModel(model);
  });

  test.each([
    [{ rank: 0 }, 'rank is 0; it must be a whole number of at least 1.'],
    [{ rank: 1.5 }, 'rank is 1.5'],
    [{ alpha: 0 }, 'alpha is 0; it must be a number above 0.'],
    [{ alpha: Number.NaN }, 'alpha is NaN'],
    [{ dropout: 1 }, 'dropout is 1; it must be at least 0 and below 1.'],
    [{ dropout: -0.1 }, 'dropout is -0.1'],
  ])('%j is refused', (options, message) => {
    const model = createModel(neox, { seed: 1 });
    expect(() => addAdapter(model, { seed: 1, ...options })).toThrow(message);
    disposeModel(model);
  });
});

describe('a fresh adapter', () => {
  test('has the defaults of TRL, A uniform within 1 / sqrt(in), B 0', async () => {
    const model = addAdapter(createModel(neox, { seed: 1 }), { seed: 1 });
    expect(model.adapter).toEqual({ rank: 16, alpha: 32, dropout: 0.05, rankStabilized: false });
    for (const name of adapterNames(model)) {
      const { shape } = weightOf(model, name);
      const numbers = await weightOf(model, name).data<'float32'>();
      const largest = Math.max(...numbers.map(Math.abs));
      const bound = 1 / Math.sqrt(shape[1] as number);
      if (name.includes('lora_B')) expect(largest).toBe(0);
      else {
        // Among 128 or more draws the largest is close to the bound, and the mean of squares to a third of its square.
        expect(largest).toBeLessThanOrEqual(bound);
        expect(largest).toBeGreaterThan(0.9 * bound);
        const squares = numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length;
        expect(Math.abs((3 * squares) / bound ** 2 - 1)).toBeLessThan(0.35);
      }
    }
    disposeModel(model);
  });

  test('starts alike for one seed and otherwise for the next', () => {
    const starts = [1, 1, 2].map((seed) => {
      const model = addAdapter(createModel(neox, { seed: 1 }), { seed });
      const numbers = [...weightOf(model, adapterNames(model)[0] as string).dataSync()];
      disposeModel(model);
      return numbers;
    });
    expect(starts[1]).toEqual(starts[0]);
    expect(starts[2]).not.toEqual(starts[0]);
  });

  test('changes nothing of what the model computes, to the bit', async () => {
    const plain = createModel(llama, { seed: 1 });
    const before = await computed(plain);
    const model = addAdapter(plain, { seed: 1 });
    expect(await computed(model)).toEqual(before);
    disposeModel(model);
  });

  test('rsLoRA scales by alpha / sqrt(rank)', async () => {
    const plain = createModel(neox, { seed: 1 });
    const model = addAdapter(cloneModel(plain), { seed: 1, rank: 4, alpha: 8, rankStabilized: true });
    fillAdapter(model, 3);
    // 8 / sqrt 4 is 16 / 4.
    const twin = { ...model, adapter: { ...(model.adapter as object), alpha: 16, rankStabilized: false } } as CausalLM;
    expect(await computed(model)).toEqual(await computed(twin));
    [plain, model].forEach(disposeModel);
  });

  test('freezes the model and leaves heads to train, whichever came first', () => {
    for (const make of [
      (m: CausalLM) => addAdapter(addRewardHead(addValueHead(m, { seed: 1 }), { seed: 1 }), { seed: 1 }),
      (m: CausalLM) => addRewardHead(addValueHead(addAdapter(m, { seed: 1 }), { seed: 1 }), { seed: 1 }),
    ]) {
      const plain = createModel(neox, { seed: 1 });
      const model = make(plain);
      const trained = [...model.weights].filter(([, { trainable }]) => trainable).map(([name]) => name);
      expect(trained.sort()).toEqual([...model.weights.keys()].filter((name) => !plain.weights.has(name)).sort());
      const found = gradientsOf(model, (m) => {
        const { logps, scores, values } = rowOutputs(m, rows, ['logps', 'scores', 'values']);
        return tf.addN([tf.sum(logps.tokens), tf.sum(scores), tf.sum(values)]) as tf.Scalar;
      });
      expect([...found.keys()].sort()).toEqual(trained.sort());
      tf.dispose([...found.values()]);
      disposeModel(model);
    }
  });

  test('is one at a time', () => {
    const model = addAdapter(createModel(neox, { seed: 1 }), { seed: 1 });
    const before = tf.memory().numTensors;
    expect(() => addAdapter(model, { seed: 2 })).toThrow('has an adapter already');
    expect(tf.memory().numTensors).toBe(before);
    disposeModel(model);
  });
});

describe.each(['cpu', 'onnxruntime'])('memory on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    return () => tf.setBackend('cpu');
  });

  test('copies share frozen numbers, and each is disposed of by itself, in any order', async () => {
    const start = tf.memory();
    const model = addAdapter(createModel(llama, { seed: 1 }), { seed: 1, rank: 2 });
    fillAdapter(model, 3);
    const expected = await computed(model);
    const buffers = () => tf.memory().numDataBuffers;
    const native = () => (tf.memory() as { numBytesNative?: number }).numBytesNative;
    const before = [buffers(), native()];
    const [copy, base] = [cloneModel(model), withoutAdapter(model)];
    expect([buffers(), native()]).toEqual(before);
    expect([...copy.weights.keys()]).toEqual([...model.weights.keys()]);
    expect(base.adapter).toBeUndefined();
    expect([...base.weights.keys()].some(isOfAdapter)).toBe(false);
    expect([...copy.weights.values(), ...base.weights.values()].some(({ trainable }) => trainable)).toBe(false);
    // The copy keeps the adapter as it was, and outlives the original.
    fillAdapter(model, 4);
    expect(await computed(model)).not.toEqual(expected);
    disposeModel(model);
    expect(await computed(copy)).toEqual(expected);
    disposeModel(base);
    disposeModel(copy);
    expect(tf.memory()).toMatchObject({ numTensors: start.numTensors, numDataBuffers: start.numDataBuffers });
  });

  test('a copy that trains trains what the original does', async () => {
    const model = addValueHead(addAdapter(createModel(neox, { seed: 1 }), { seed: 1 }), { seed: 1 });
    const copy = cloneModel(model, { trainable: true });
    for (const [name, weight] of model.weights) expect(weightOf(copy, name).trainable).toBe(weight.trainable);
    const [base, merged] = [withoutAdapter(model, { trainable: true }), await mergeAdapter(model)];
    for (const whole of [base, merged]) {
      expect([...whole.weights.values()].every(({ trainable }) => trainable)).toBe(true);
    }
    [model, copy, base, merged].forEach(disposeModel);
  });
});
