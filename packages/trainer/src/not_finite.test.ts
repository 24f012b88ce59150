import '@tensorflow/tfjs';
import type { BinaryLoss } from '@halokit/losses';
import { createModel, disposeModel, readConfig } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Dataset } from './dataset';
import { NotFiniteError } from './not_finite';
import { planBatches } from './plan';
import { rmsprop } from './rmsprop';
import { type StepEvent, train } from './train';
import type { TrainOptions } from './train_options';

beforeAll(() => tf.setBackend('cpu'));

const config = readConfig({
  ...{ model_type: 'gpt_neox', vocab_size: 30, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2 },
  ...{ max_position_embeddings: 16, initializer_range: 0.3 },
});

const dataset: Dataset & { feedback: 'binary' } = {
  feedback: 'binary',
  examples: Array.from({ length: 12 }, (_, i) => ({
    prompt: Int32Array.of(2),
    response: Int32Array.of(i, i + 1),
    desirable: i % 3 !== 0,
  })),
};

/** Counts its updates; at those that are broken, the first example's loss is infinite. */
function breaking(isBroken: (step: number) => boolean): BinaryLoss<{ step: number }, number> {
  return {
    name: 'breaking',
    feedback: 'binary',
    initialState: 0,
    prepare: (_, state) => ({ statistics: { step: state }, state: state + 1 }),
    losses: ({ policy, indices }, { step }) => {
      const rewards = tf.sum(policy.tokens, 1) as tf.Tensor1D;
      const blamed = indices.map((i) => (i === 0 && isBroken(step) ? Number.POSITIVE_INFINITY : 1));
      return { losses: tf.mul(tf.neg(rewards), tf.tensor1d(blamed)) as tf.Tensor1D, rewards };
    },
  };
}

/** Trains six steps of two examples, and says what came of each. */
async function run(isBroken: (step: number) => boolean, more: Partial<TrainOptions> = {}) {
  const policy = createModel(config, { seed: 3 });
  const plan = await planBatches(dataset, { seed: 1, batchSize: 2, microbatchSize: 2, epochs: 1, kl: false });
  const optimizer = rmsprop();
  const events: StepEvent[] = [];
  const weights: Float32Array[] = [];
  let error: unknown;
  try {
    const options = { policy, loss: breaking(isBroken), dataset, plan, optimizer, learningRate: 1e-2, ...more };
    for await (const event of train(options)) {
      events.push(event);
      weights.push((await policy.weights.get('gpt_neox.embed_in.weight')?.data())?.slice() as Float32Array);
    }
  } catch (thrown) {
    error = thrown;
  }
  const { updates } = optimizer.state;
  disposeModel(policy);
  optimizer.dispose();
  return { events, weights, error, updates, plan };
}

test('stop: the error holds the batch and each example’s loss', async () => {
  const tensors = tf.memory().numTensors;
  const { events, error, plan } = await run((step) => step === 2);
  expect(events).toHaveLength(2);
  const examples = plan.steps[2]?.examples as readonly number[];
  expect(error).toBeInstanceOf(NotFiniteError);
  const { message, batch } = error as NotFiniteError;
  expect(message).toContain(`Step 3: the breaking loss is Infinity, that of 1 of its 2 examples (${examples[0]})`);
  expect(batch).toMatchObject({ step: 3, epoch: 0, examples });
  expect(batch.numbers.losses[0]).toBe(Number.POSITIVE_INFINITY);
  expect(batch.numbers.losses[1]).toBeGreaterThan(0);
  expect(batch.metrics.learning_rate).toBe(1e-2);
  expect(tf.memory().numTensors).toBe(tensors);
});

test('skip: weights, optimiser and the loss’s state stay, and the run goes on', async () => {
  const tries: number[] = [];
  // Its own count stands still with the state, so the second try at 2 is the next batch.
  const once = (step: number) => step === 2 && tries.push(step) === 1;
  const { events, weights, updates, error } = await run(once, { onNotFinite: 'skip' });
  expect(error).toBeUndefined();
  expect(events.map(({ state }) => state.lossState)).toEqual([1, 2, 2, 3, 4, 5]);
  expect(events.map(({ metrics }) => metrics.skipped_steps)).toEqual([undefined, undefined, 1, 1, 1, 1]);
  expect(events.map(({ notFinite }) => notFinite?.step)).toEqual([
    undefined,
    undefined,
    3,
    undefined,
    undefined,
    undefined,
  ]);
  expect(weights[2]).toEqual(weights[1]);
  expect(weights[3]).not.toEqual(weights[2]);
  expect(updates).toBe(5);
  expect(events.map(({ metrics }) => metrics.learning_rate)).toEqual(Array(6).fill(1e-2));
});

test('lower: each time half the rate, for the rest', async () => {
  const tries: number[] = [];
  const twice = (step: number) => step >= 2 && tries.push(step) <= 2;
  const { events } = await run(twice, { onNotFinite: 'lower' });
  const rates = events.map(({ metrics }) => metrics.learning_rate);
  expect(rates).toEqual([1e-2, 1e-2, 1e-2, 5e-3, 2.5e-3, 2.5e-3]);
  expect(events.at(-1)?.state).toEqual({ step: 6, lossState: 4, rateScale: 0.25, skipped: { total: 2, inARow: 0 } });
});

test('too many in a row stop it all the same', async () => {
  const { events, error } = await run((step) => step >= 1, { onNotFinite: 'skip', mostSkipped: 3 });
  expect(events).toHaveLength(4);
  expect((error as Error).message).toContain('So were 3 steps in a row before it, which were left out');
});
