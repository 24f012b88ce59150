import '@tensorflow/tfjs';
import { inProcess } from '@halokit/distributed';
import { kto, ktoSimple } from '@halokit/losses';
import { type CausalLM, createModel, disposeModel, readConfig, type TokenRow } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adamw } from '../adamw';
import type { Dataset } from '../dataset';
import { type BatchPlan, planBatches } from '../plan';
import type { Reference } from '../reference';
import { rmsprop } from '../rmsprop';
import { type StepEvent, train } from '../train';
import type { TrainOptions } from '../train_options';
import type { Communicator } from './communicator';
import { shardedOptimizer } from './sharded_optimizer';
import { sharedReference } from './shared_reference';

const stored = {
  ...{ model_type: 'gpt_neox', vocab_size: 20, hidden_size: 4, num_hidden_layers: 1, num_attention_heads: 1 },
  ...{ max_position_embeddings: 16, initializer_range: 0.3 },
};
const config = readConfig(stored);
const dataset: Dataset & { feedback: 'binary' } = {
  feedback: 'binary',
  examples: Array.from({ length: 8 }, (_, i) => ({
    prompt: Int32Array.of(1, 2 + i),
    response: Int32Array.of(3, 4 + i),
    desirable: i % 2 === 0,
  })),
};
/** Says of every row a number that only this row has. */
const known: Reference = {
  logps: async (rows) =>
    rows.map(({ prompt, response }) => Float32Array.from(response, (id, t) => -id / 9 - t - (prompt[1] ?? 0) / 99)),
};

let plan: BatchPlan;
const models: CausalLM[] = [];
beforeAll(async () => {
  await tf.setBackend('cpu');
  plan = await planBatches(dataset, { seed: 1, batchSize: 4, microbatchSize: 2, epochs: 2, kl: true });
});
afterAll(() => {
  for (const model of models) disposeModel(model);
});

type Differing = (options: TrainOptions, communicator: Communicator) => Partial<TrainOptions>;

/** What each of two ranks comes to, rank 1 with other options. */
function onTwo(differing: Differing): Promise<PromiseSettledResult<StepEvent[]>[]> {
  const ranks = inProcess(2).map(async (communicator) => {
    const policy = createModel(config, { seed: 1 });
    models.push(policy);
    const common = { policy, loss: kto(), dataset, plan, reference: known, optimizer: rmsprop(), learningRate: 1e-3 };
    const options = { ...common, communicator };
    const events: StepEvent[] = [];
    for await (const event of train({
      ...options,
      ...(communicator.rank === 1 ? differing(options, communicator) : {}),
    }))
      events.push(event);
    return events;
  });
  return Promise.allSettled(ranks);
}

const another = (seed: number, heads = 1) => {
  const model = createModel(readConfig({ ...stored, num_attention_heads: heads }), { seed });
  models.push(model);
  return model;
};

const differences: Record<string, [string, Differing]> = {
  weights: ['weights', () => ({ policy: another(2) })],
  model: ['model', () => ({ policy: another(1, 2) })],
  loss: ['loss', () => ({ loss: { ...kto(), name: 'mine' } })],
  plan: ['plan', ({ plan }) => ({ plan: { ...plan, steps: plan.steps.slice(1) } })],
  optimiser: ['optimizer', () => ({ optimizer: adamw() })],
  'division of its state': [
    'optimizer',
    (_, communicator) => ({ optimizer: shardedOptimizer(rmsprop(), communicator) }),
  ],
  'learning rate': ['set of options', () => ({ learningRate: 2e-3 })],
};

test.each(Object.entries(differences))(
  'ranks with another %s are told so, all of them',
  async (_, [what, differing]) => {
    for (const outcome of await onTwo(differing)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'InputError' } });
      expect(String((outcome as PromiseRejectedResult).reason)).toContain(`Rank 1 has another ${what} than rank 0`);
    }
  },
);

test('one rank that is asked to stop stops all after the same step', async () => {
  const controller = new AbortController();
  const asked: Reference = {
    logps: (rows) => {
      if (rows.some(({ prompt }) => prompt[1] === 2)) controller.abort();
      return known.logps(rows);
    },
  };
  const [first, second] = await onTwo(() => ({ reference: asked, signal: controller.signal }));
  const steps = (outcome?: PromiseSettledResult<StepEvent[]>) =>
    (outcome as PromiseFulfilledResult<StepEvent[]>).value.map(({ step }) => step);
  expect(steps(first)).toEqual(steps(second));
  expect(steps(first).length).toBeLessThan(plan.steps.length);
  expect(steps(first).length).toBeGreaterThan(0);
});

test('what ranks cannot divide is refused', async () => {
  const [communicator, other] = inProcess(2);
  if (!communicator || !other) throw new Error('There are two.');
  const options = { policy: another(1), dataset, reference: known, learningRate: 1e-3, communicator, plan };
  const whole = await planBatches(dataset, { ...plan.settings, wholeBatch: true });
  const coupled = train({ ...options, plan: whole, loss: ktoSimple(), optimizer: rmsprop() });
  await expect(coupled.next()).rejects.toThrow('couples the examples of a batch');
  const divided = train({ ...options, loss: kto(), optimizer: shardedOptimizer(rmsprop(), other) });
  await expect(divided.next()).rejects.toThrow('divided among other ranks');
});

test('each row is answered on one rank, those of a prompt on the same, and all ranks have all answers', async () => {
  const rows: TokenRow[] = [3, 4, 3, 5, 4, 6, 7].map((prompt, i) => ({
    prompt: Int32Array.of(1, prompt),
    response: Int32Array.from({ length: 1 + i }, (_, t) => t + i),
  }));
  const expected = await known.logps(rows);
  const asked: TokenRow[][] = [[], [], []];
  const ranks = inProcess(3).map(async (communicator) => {
    const counting: Reference = {
      logps: (rows) => {
        asked[communicator.rank]?.push(...rows);
        return known.logps(rows);
      },
      async prefetch() {},
    };
    const shared = sharedReference(counting, communicator);
    await shared.prefetch?.(rows);
    return await shared.logps(rows);
  });
  for (const answers of await Promise.all(ranks)) expect(answers).toEqual(expected);
  expect(asked.flat()).toHaveLength(rows.length);
  expect(new Set(asked.flat()).size).toBe(rows.length);
  for (const prompt of [3, 4]) {
    const having = asked.filter((own) => own.some((row) => row.prompt[1] === prompt));
    expect(having).toHaveLength(1);
  }
});

test('a question that is aborted on one rank is aborted on all', async () => {
  const ranks = inProcess(2).map((communicator) => {
    const signal = communicator.rank === 1 ? AbortSignal.abort() : new AbortController().signal;
    return sharedReference(known, communicator).logps([{ prompt: Int32Array.of(1), response: Int32Array.of(2) }], {
      signal,
    });
  });
  for (const outcome of await Promise.allSettled(ranks)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
  }
});
