import '@tensorflow/tfjs';
import { type BinaryLoss, dpo, kto, type Loss, type LossNeeds, sft } from '@halokit/losses';
import { addRewardHead, cloneModel, createModel, disposeModel, readConfig, type TokenRow } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { adamw } from './adamw';
import type { Dataset } from './dataset';
import { planBatches } from './plan';
import { type Reference, referenceModel, remembered } from './reference';
import { rmsprop } from './rmsprop';
import { tokenBatch } from './token_batch';
import { type StepEvent, train } from './train';

beforeAll(() => tf.setBackend('cpu'));

const config = readConfig({
  model_type: 'gpt_neox',
  vocab_size: 30,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  max_position_embeddings: 16,
  initializer_range: 0.3,
});

const dataset: Dataset & { feedback: 'binary' } = {
  feedback: 'binary',
  examples: Array.from({ length: 12 }, (_, i) => ({
    prompt: Int32Array.of(1, 2 + (i % 6)),
    response: Int32Array.from({ length: 1 + (i % 4) }, (_, t) => (i * 5 + t * 3) % 30),
    desirable: i % 3 !== 0,
  })),
};

const settings = { seed: 1, batchSize: 6, microbatchSize: 6, epochs: 2, kl: true };

/** Trains a fresh model and gives its events and its weights at the end. */
async function run(loss: Loss, more: Partial<typeof settings> = {}, signal?: AbortSignal) {
  const policy = createModel(config, { seed: 3 });
  const start = cloneModel(policy);
  const plan = await planBatches(dataset, { ...settings, ...more });
  const optimizer = rmsprop();
  const options = {
    policy,
    reference: referenceModel(start),
    loss,
    dataset,
    plan,
    optimizer,
    learningRate: 1e-3,
    signal,
  };
  const events: StepEvent[] = [];
  for await (const event of train(options)) events.push(event);
  const weights = [...policy.weights.values()].map((weight) => weight.dataSync().slice() as Float32Array);
  for (const model of [policy, start]) disposeModel(model);
  optimizer.dispose();
  return { events, weights };
}

/** The largest difference between two runs' weights. */
function distance(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  return Math.max(...a.flatMap((values, i) => [...values].map((value, j) => Math.abs(value - (b[i]?.[j] as number)))));
}

describe('a run', () => {
  test('says every step, and the loss falls', async () => {
    const { events } = await run(kto());
    expect(events.map(({ step, steps, epoch }) => [step, steps, epoch])).toEqual([
      [1, 4, 0],
      [2, 4, 0],
      [3, 4, 1],
      [4, 4, 1],
    ]);
    expect(events[0]?.metrics.loss).toBeCloseTo(0.5, 5);
    expect(events[3]?.metrics.loss).toBeLessThan(0.5);
  });

  test('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await run(kto());
    expect(tf.memory().numTensors).toBe(before);
  });

  test('is the same to the bit when it is run again', async () => {
    expect((await run(kto())).weights).toEqual((await run(kto())).weights);
  });

  test('does not depend on the microbatch: the reference point belongs to the batch', async () => {
    const rounding = 2e-4;
    const whole = await run(kto());
    for (const microbatchSize of [1, 4]) {
      const { events, weights } = await run(kto(), { microbatchSize });
      // RMSprop divides by a gradient's size, so rounding in the smallest is all that is left to differ.
      expect(distance(weights, whole.weights)).toBeLessThan(rounding);
      events.forEach(({ metrics }, i) => {
        expect(metrics.loss).toBeCloseTo(whole.events[i]?.metrics.loss as number, 5);
      });
      expect(events.at(-1)?.metrics.kl).toBeCloseTo(whole.events.at(-1)?.metrics.kl as number, 5);
    }
    const perMicrobatch = await run(kto({ z0: 'microbatch', beta: 1 }), { microbatchSize: 1 });
    const perBatch = await run(kto({ beta: 1 }), { microbatchSize: 1 });
    expect(distance(perMicrobatch.weights, perBatch.weights)).toBeGreaterThan(rounding);
  });

  test('stops before the next step when told to', async () => {
    const stop = new AbortController();
    stop.abort();
    expect((await run(kto(), {}, stop.signal)).events).toEqual([]);
  });

  test('a loss’s state goes from step to step', async () => {
    const seen: unknown[] = [];
    const counting: BinaryLoss<undefined, number> = {
      name: 'counting',
      feedback: 'binary',
      initialState: 0,
      prepare(_, state) {
        seen.push(state);
        return { statistics: undefined, state: state + 1 };
      },
      losses: ({ policy }) => ({
        losses: tf.sum(tf.neg(policy.tokens), 1),
        rewards: tf.sum(policy.tokens, 1),
      }),
    };
    await run(counting);
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  test('a loss that is not finite stops the run, with the weights as they were', async () => {
    const broken: Loss = {
      name: 'broken',
      feedback: 'binary',
      losses: ({ policy }) => {
        const rewards: tf.Tensor1D = tf.sum(policy.tokens, 1);
        return { losses: tf.mul<tf.Tensor1D>(rewards, Number.NaN), rewards };
      },
    };
    const before = tf.memory().numTensors;
    const policy = createModel(config, { seed: 3 });
    const kept = [...policy.weights.values()].map((weight) => weight.dataSync().slice());
    const plan = await planBatches(dataset, settings);
    const steps = train({ policy, loss: broken, dataset, plan, optimizer: adamw(), learningRate: 1 });
    await expect(steps.next()).rejects.toThrow('the broken loss is NaN');
    expect([...policy.weights.values()].map((weight) => weight.dataSync())).toEqual(kept);
    disposeModel(policy);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what does not belong together is refused before the first step', () => {
  const policy = () => createModel(config, { seed: 1 });
  const reference: Reference = { logps: async (rows) => rows.map((row) => new Float32Array(row.response.length)) };
  const plan = (more = {}) => planBatches(dataset, { ...settings, ...more });
  const start = async (loss: Loss, more: object) =>
    train({
      policy: policy(),
      loss,
      dataset,
      plan: await plan(),
      optimizer: rmsprop(),
      learningRate: 1,
      ...more,
    }).next();

  test('another kind of feedback', async () => {
    await expect(start(dpo(), { reference })).rejects.toThrow(
      'The dpo loss trains on preferences, but the dataset holds binary',
    );
    await expect(start(sft(), {})).rejects.toThrow('trains on demonstrations');
  });

  test('a reference that is missing', async () => {
    await expect(start(kto(), {})).rejects.toThrow('The kto loss needs a reference model and got none');
  });

  test('a plan without KL rows', async () => {
    await expect(start(kto(), { reference, plan: await plan({ kl: false }) })).rejects.toThrow('plan with kl: true');
  });

  const needing = (needs: LossNeeds): Loss => ({ ...(kto() as BinaryLoss), needs });

  test('a plan that parts the examples of a prompt, for a loss that compares them', async () => {
    await expect(start(needing({ groups: true }), {})).rejects.toThrow('plan with groups: true');
  });

  test('a policy without the head that the loss needs', async () => {
    await expect(start(needing({ values: true }), {})).rejects.toThrow('pass addValueHead(policy, { seed })');
    await expect(start(needing({ scores: true }), {})).rejects.toThrow('pass addRewardHead(policy, { seed })');
    const policy = addRewardHead(createModel(config, { seed: 1 }), { seed: 1 });
    await expect(start(needing({ values: true }), { policy })).rejects.toThrow('needs a value head');
  });

  test('a dataset without control tokens for a loss that needs them', async () => {
    const loss = needing({ controlTokens: true });
    await expect(start(loss, {})).rejects.toThrow('needs prompts that end in a control token');
    // With the mark it goes on, to what is asked next.
    const other = { ...dataset, examples: dataset.examples.slice(1), controlTokens: true };
    await expect(start(loss, { dataset: other })).rejects.toThrow('The plan was made for other data');
  });

  test('a dataset with control tokens for a loss that has no business to see them', async () => {
    await expect(start(kto(), { reference, dataset: { ...dataset, controlTokens: true } })).rejects.toThrow(
      'would tell the kto loss the answer',
    );
  });

  test('a plan for other data', async () => {
    const other = { ...dataset, examples: dataset.examples.slice(1) };
    await expect(start(kto(), { reference, dataset: other })).rejects.toThrow('The plan was made for other data');
  });

  test('a batch in several passes, for a loss that couples its examples', async () => {
    const coupled: Loss = { ...(kto() as BinaryLoss), wholeBatch: true };
    const small = await plan({ microbatchSize: 2 });
    await expect(start(coupled, { reference, plan: small })).rejects.toThrow('plan them with wholeBatch: true');
  });
});

test('a KL row is a prompt with its partner’s response, cut to the context', () => {
  const step = { epoch: 0, examples: [0, 3], klPartners: [3, 1], microbatches: [[0, 1]] };
  const batch = tokenBatch(dataset, step, 4);
  expect(batch.kl?.map(({ prompt, response }) => [[...prompt], [...response]])).toEqual([
    [
      [1, 2],
      [15, 18],
    ],
    [
      [1, 5],
      [5, 8],
    ],
  ]);
});

test('a remembered reference is asked once for each row', async () => {
  const asked: number[] = [];
  const reference = remembered({
    logps: async (rows: readonly TokenRow[]) => {
      asked.push(rows.length);
      return rows.map((row) => Float32Array.of(row.response[0] as number));
    },
  });
  const row = (id: number) => ({ prompt: Int32Array.of(1), response: Int32Array.of(id) });
  expect(await reference.logps([row(1), row(2)])).toEqual([Float32Array.of(1), Float32Array.of(2)]);
  expect(await reference.logps([row(2), row(3)])).toEqual([Float32Array.of(2), Float32Array.of(3)]);
  expect(asked).toEqual([2, 1]);
});
