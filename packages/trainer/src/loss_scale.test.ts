import '@tensorflow/tfjs';
import type { DemonstrationLoss } from '@halokit/losses';
import { createModel, disposeModel, readConfig } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { InputError } from './input_error';
import { afterOverflow, afterStep, freshScale } from './loss_scale';
import { NotFiniteError } from './not_finite';
import { planBatches } from './plan';
import { rmsprop } from './rmsprop';
import { type StepEvent, train } from './train';
import type { TrainOptions } from './train_options';

beforeAll(() => tf.setBackend('cpu'));

const config = readConfig({
  ...{ model_type: 'gpt_neox', vocab_size: 20, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2 },
  ...{ max_position_embeddings: 16, initializer_range: 0.3 },
});

const dataset = {
  feedback: 'demonstrations' as const,
  examples: Array.from({ length: 6 }, (_, i) => ({ prompt: Int32Array.of(2), response: Int32Array.of(i, i + 1) })),
};

/** The gradient that arrives, as arithmetic would have it that holds nothing above a limit. */
function upTo(limit: number): (x: tf.Tensor) => tf.Tensor {
  return tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy) => tf.where(tf.greater(tf.abs(dy), limit), tf.fill(dy.shape, Number.POSITIVE_INFINITY), dy),
  }));
}

/** -log p, whose gradient with regard to the log-probabilities, at most `limit`, is scale / 2 in batches of two. */
function limited(limit: number, loss = 1): DemonstrationLoss {
  return {
    name: 'limited',
    feedback: 'demonstrations',
    prepare: (_, state) => ({ statistics: undefined, state }),
    losses: ({ policy }) => ({ losses: tf.mul(tf.neg(tf.sum(upTo(limit)(policy.tokens), 1)), loss) as tf.Tensor1D }),
  };
}

/** Trains on three batches of two, several times, and says what came of each step. */
async function run(options: Partial<TrainOptions> = {}, epochs = 2) {
  const tensors = tf.memory().numTensors;
  const policy = createModel(config, { seed: 3 });
  const plan = await planBatches(dataset, { seed: 1, batchSize: 2, microbatchSize: 1, epochs, kl: false });
  const optimizer = rmsprop();
  const events: StepEvent[] = [];
  const weights: Float32Array[] = [];
  let error: unknown;
  try {
    const all = { loss: limited(Number.POSITIVE_INFINITY), dataset, plan, policy, optimizer, learningRate: 1e-2 };
    for await (const event of train({ ...all, maxGradNorm: 1, ...options })) {
      events.push(event);
      weights.push((await policy.weights.get('gpt_neox.embed_in.weight')?.data<'float32'>())?.slice() as Float32Array);
    }
  } catch (thrown) {
    error = thrown;
  }
  const { updates } = optimizer.state;
  disposeModel(policy);
  optimizer.dispose();
  return { events, weights, error, updates, leaked: tf.memory().numTensors - tensors };
}

/** What a step says, but for its time. */
function said({ metrics: { tokens_per_second, loss_scale, ...metrics } }: StepEvent) {
  return metrics;
}

describe('a fixed scale', () => {
  test('of 1, or another power of two, changes no bit but in float16', async () => {
    const plain = await run();
    expect(plain.events.every(({ metrics }) => (metrics.grad_norm as number) > 1)).toBe(true);
    for (const lossScale of [1, 1024]) {
      const scaled = await run({ lossScale });
      expect(scaled.weights).toEqual(plain.weights);
      expect(scaled.events.map(said)).toEqual(plain.events.map(said));
      expect(scaled.events[0]?.metrics.loss_scale).toBe(lossScale);
    }
    expect(plain.events[0]?.metrics).not.toHaveProperty('loss_scale');
  });

  test('that is too large is named', async () => {
    const { error, updates } = await run({ loss: limited(4), lossScale: 16 });
    expect(error).toBeInstanceOf(NotFiniteError);
    expect((error as Error).message).toContain('take a smaller lossScale');
    expect(updates).toBe(0);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('of %d is refused', async (lossScale) => {
    const { error } = await run({ lossScale });
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toContain('lossScale');
  });
});

describe('a dynamic scale', () => {
  const options = { loss: limited(2 ** 13), lossScale: 'dynamic' as const };

  test('halves at a step that is not made, until gradients are finite', async () => {
    const { events, weights, updates, error, leaked } = await run(options);
    expect(error).toBeUndefined();
    const scales = events.map(({ metrics }) => metrics.loss_scale);
    expect(scales).toEqual([2 ** 16, 2 ** 15, 2 ** 14, 2 ** 14, 2 ** 14, 2 ** 14]);
    expect(events.map(({ overflowed }) => overflowed)).toEqual([true, true, ...Array(4).fill(undefined)]);
    expect(events.map(({ metrics }) => metrics.skipped_steps)).toEqual([1, ...Array(5).fill(2)]);
    expect(events.every(({ notFinite }) => notFinite === undefined)).toBe(true);
    expect(weights[1]).toEqual(weights[0]);
    expect(weights[2]).not.toEqual(weights[1]);
    expect(updates).toBe(4);
    expect(leaked).toBe(0);
    expect(events.at(-1)?.state.lossScale).toEqual({ scale: 2 ** 14, steady: 4, skipped: 2 });
  });

  test('goes on from where a checkpoint has it', async () => {
    const whole = await run(options);
    const from = JSON.parse(JSON.stringify(whole.events[1]?.state));
    // Nothing was updated yet, so the policy of a new run is that of the third step.
    const rest = await run({ ...options, from });
    expect(rest.weights).toEqual(whole.weights.slice(2));
    expect(rest.events.map(({ state }) => state)).toEqual(whole.events.slice(2).map(({ state }) => state));
  });

  test('does not take the blame for a loss that is not finite', async () => {
    const { events, error } = await run({ ...options, loss: limited(2 ** 20, Number.POSITIVE_INFINITY) });
    expect(events).toEqual([]);
    expect(error).toBeInstanceOf(NotFiniteError);
  });

  test('nor for a gradient that is too large without it', async () => {
    const { events, error } = await run({ ...options, loss: limited(0) }, 6);
    expect(events.map(({ metrics }) => metrics.loss_scale)).toEqual(
      Array.from({ length: 16 }, (_, i) => 2 ** (16 - i)),
    );
    expect(error).toBeInstanceOf(NotFiniteError);
  });

  test('doubles after 2000 steps that were made in a row', () => {
    let scale = freshScale();
    for (let i = 0; i < 1999; i++) scale = afterStep(scale);
    expect(scale.scale).toBe(2 ** 16);
    expect(afterStep(scale)).toEqual({ scale: 2 ** 17, steady: 0, skipped: 0 });
    const halved = afterOverflow(scale);
    expect(halved).toEqual({ scale: 2 ** 15, steady: 0, skipped: 1 });
  });
});
