import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fixture, type LossCase, readExpected, tokenRows } from '../test/oracle';
import { addAdapter } from './adapters/add_adapter';
import { withDropout } from './adapters/dropout';
import { type CausalLM, cloneModel, disposeModel } from './causal_lm';
import { addRewardHead } from './heads/reward_head';
import { addValueHead } from './heads/value_head';
import { loadCheckpoint } from './node';
import { rowOutputs } from './rows/row_outputs';
import { layOut } from './rows/token_layout';
import type { TokenRow } from './rows/token_row';
import { registerWasmKernels } from './wasm';

registerWasmKernels();

type Checkpointing = boolean | number;

/** The bits of a loss and of every gradient by the weight's name. */
type Outcome = ReadonlyMap<string, Float32Array>;

const kinds = ['logps', 'values', 'scores'] as const;

/** The gradient of a sum of everything that the rows give, each number with a factor of its own. */
async function outcome(
  model: CausalLM,
  rows: readonly TokenRow[],
  wanted: readonly (typeof kinds)[number][],
  gradientCheckpointing: Checkpointing,
): Promise<Outcome> {
  const trainable = [...model.weights].filter(([, weight]) => weight.trainable);
  const { value, grads } = tf.variableGrads(
    () => {
      const { logps, values, scores } = rowOutputs(model, rows, [...wanted], { gradientCheckpointing }) as {
        [K in (typeof kinds)[number]]?: K extends 'logps' ? { tokens: tf.Tensor } : tf.Tensor;
      };
      const all = [logps?.tokens, values, scores].filter((tensor) => tensor !== undefined);
      const weighted = (x: tf.Tensor) => tf.sum(tf.mul(x, tf.cos(tf.reshape(tf.range(0, x.size), x.shape))));
      return tf.addN(all.map(weighted)) as tf.Scalar;
    },
    trainable.map(([, weight]) => weight),
  );
  const read = new Map([['', await value.data<'float32'>()]]);
  for (const [name, weight] of trainable) {
    const gradient = grads[weight.name];
    if (gradient) read.set(name, await gradient.data<'float32'>());
  }
  tf.dispose([value, ...Object.values(grads)]);
  return read;
}

const bits = (numbers: Float32Array) => new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);

function expectSameBits(actual: Outcome, expected: Outcome): void {
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, numbers] of expected) expect(bits(actual.get(name) as Float32Array), name).toEqual(bits(numbers));
}

const names = [
  'neox-parallel',
  'neox-sequential',
  'neox-2heads',
  'llama-mha',
  'llama-gqa',
  'llama-rope3',
  'llama-tied',
];
const cases = ['cpu', 'wasm', 'onnxruntime'].flatMap((backend) => names.map((name) => [name, backend] as const));

describe.each(cases)('%s on %s', (name, backend) => {
  const expected = readExpected(name);
  let model: CausalLM;
  beforeAll(async () => {
    await tf.setBackend(backend);
    model = await loadCheckpoint(fixture(name));
    return () => disposeModel(model);
  });

  test('the gradients are those of the whole pass, bit for bit', async () => {
    const { kto } = expected.losses as Record<string, LossCase>;
    const rows = tokenRows((kto as LossCase).batch.target);
    const before = tf.memory().numTensors;
    const whole = await outcome(model, rows, ['logps'], false);
    expect(whole.size).toBe(1 + model.weights.size);
    expectSameBits(await outcome(model, rows, ['logps'], true), whole);
    expectSameBits(await outcome(model, rows, ['logps'], 2), whole);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe.each(['cpu', 'onnxruntime'])('on %s', (backend) => {
  const row = (prompt: number[], response: number[]): TokenRow => ({
    prompt: Int32Array.from(prompt),
    response: Int32Array.from(response),
  });
  const pairs = [
    row([3, 9, 4, 7, 1, 2], [5, 6, 8]),
    row([3, 9, 4, 7, 1, 2], [4]),
    row([8, 2, 6], [7, 7]),
    row([8, 2, 6], [1, 3]),
  ];
  let model: CausalLM;
  beforeAll(async () => {
    await tf.setBackend(backend);
    model = await loadCheckpoint(fixture('llama-gqa'));
    return () => disposeModel(model);
  });

  test('rows that share a prompt, and both heads', async () => {
    expect(layOut(pairs).tree).toBeDefined();
    const headed = addRewardHead(addValueHead(model, { seed: 1 }), { seed: 2 });
    expectSameBits(await outcome(headed, pairs, kinds, true), await outcome(headed, pairs, kinds, false));
    for (const [name, weight] of headed.weights) if (!model.weights.has(name)) weight.dispose();
  });

  test('an adapter with dropout, whose base gets no gradient', async () => {
    const base = cloneModel(model);
    const adapted = withDropout(addAdapter(base, { seed: 3, rank: 2, dropout: 0.5 }), 'step 1');
    const whole = await outcome(adapted, pairs, ['logps'], false);
    expect([...whole.keys()].filter((name) => name && !/lora_[AB]/.test(name))).toEqual([]);
    expect(whole.size).toBe(1 + 2 * 7 * model.config.numLayers);
    expectSameBits(await outcome(adapted, pairs, ['logps'], true), whole);
    disposeModel(adapted);
  });

  test('without a gradient it changes nothing', async () => {
    const logps = async (gradientCheckpointing: Checkpointing) => {
      const { tokens, mask } = rowOutputs(model, pairs, ['logps'], { gradientCheckpointing }).logps;
      const numbers = await tokens.data<'float32'>();
      tf.dispose([tokens, mask]);
      return bits(numbers);
    };
    const before = tf.memory().numTensors;
    expect(await logps(true)).toEqual(await logps(false));
    expect(tf.memory().numTensors).toBe(before);
  });
});

test.each([0, 1.5, Number.NaN, -1])('every %s layers is refused', async (gradientCheckpointing) => {
  await tf.setBackend('cpu');
  const model = await loadCheckpoint(fixture('llama-mha'));
  const rows = [{ prompt: Int32Array.of(1), response: Int32Array.of(2) }];
  expect(() => rowOutputs(model, rows, ['logps'], { gradientCheckpointing })).toThrow(
    `gradientCheckpointing is ${gradientCheckpointing}: it must be true, false or a whole number of layers from 1.`,
  );
  disposeModel(model);
});
