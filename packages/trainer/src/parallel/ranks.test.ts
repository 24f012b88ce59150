import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { inProcess } from '@halokit/distributed';
import { dpo, kto, type Loss, mismatchedMean, ppo, prospect, sft } from '@halokit/losses';
import {
  addAdapter,
  addValueHead,
  type CausalLM,
  cloneModel,
  createModel,
  disposeModel,
  readConfig,
} from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adamw } from '../adamw';
import type { Dataset } from '../dataset';
import type { Optimizer } from '../optimizer';
import { type BatchPlan, planBatches } from '../plan';
import { referenceModel } from '../reference';
import { rmsprop } from '../rmsprop';
import { type StepEvent, train } from '../train';
import type { TrainOptions } from '../train_options';
import { shardedOptimizer } from './sharded_optimizer';
import { sharedReference } from './shared_reference';

beforeAll(() => tf.setBackend('onnxruntime'));
afterAll(() => tf.setBackend('cpu'));

const config = readConfig({
  ...{ model_type: 'gpt_neox', vocab_size: 30, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2 },
  ...{ max_position_embeddings: 16, initializer_range: 0.3 },
});

const row = (i: number) => ({
  prompt: Int32Array.of(1, 2 + (i % 6)),
  response: Int32Array.from({ length: 1 + (i % 5) }, (_, t) => (i * 5 + t * 3) % 30),
});
const rows = Array.from({ length: 11 }, (_, i) => row(i));

const datasets: Record<Dataset['feedback'], Dataset> = {
  demonstrations: { feedback: 'demonstrations', examples: rows },
  binary: { feedback: 'binary', examples: rows.map((example, i) => ({ ...example, desirable: i % 3 !== 0 })) },
  preferences: {
    feedback: 'preferences',
    examples: rows.map(({ prompt, response }, i) => ({ prompt, chosen: response, rejected: row(i + 3).response })),
  },
};

interface Case {
  readonly loss: Loss;
  /** Ranks; of five, some have nothing of the last batch of three. */
  readonly sizes: readonly number[];
  readonly optimizer?: () => Optimizer;
  readonly adapted?: (model: CausalLM) => CausalLM;
}

const cases: Record<string, Case> = {
  'SFT by tokens': { loss: sft(), sizes: [5], optimizer: adamw },
  KTO: { loss: kto(), sizes: [1, 2] },
  'KTO with the statistics of microbatches': {
    loss: prospect({ reference: mismatchedMean({ over: 'microbatch' }) }),
    sizes: [2],
  },
  DPO: { loss: dpo(), sizes: [2] },
  'PPO with a value head': {
    loss: ppo(),
    sizes: [2, 5],
    adapted: (model) => addValueHead(model, { seed: 1 }),
    optimizer: adamw,
  },
  'KTO on adapters': {
    loss: kto(),
    sizes: [2],
    adapted: (model) => addAdapter(model, { rank: 2, seed: 1, dropout: 0 }),
    optimizer: adamw,
  },
};

interface Outcome {
  readonly events: readonly StepEvent[];
  readonly weights: ReadonlyMap<string, Float32Array>;
}

interface Run extends Omit<Case, 'sizes'> {
  readonly size: number;
  readonly sharded?: boolean;
  readonly more?: Partial<TrainOptions>;
}

/** What every rank comes to. */
async function onRanks({ loss, optimizer, adapted, size, sharded, more }: Run): Promise<Outcome[]> {
  const dataset = datasets[loss.feedback];
  const plan = await planOf(dataset, loss);
  const before = tf.memory().numTensors;
  const outcomes = await Promise.all(
    (size === 0 ? [undefined] : inProcess(size)).map(async (communicator) => {
      const model = createModel(config, { seed: 3 });
      const start = cloneModel(model);
      const policy = adapted?.(model) ?? model;
      const plain = (optimizer ?? rmsprop)();
      const rule = sharded && communicator ? shardedOptimizer(plain, communicator) : plain;
      const own = referenceModel(start);
      const reference = communicator ? sharedReference(own, communicator) : own;
      const options = { policy, loss, dataset, plan, reference, optimizer: rule, learningRate: 1e-3, maxGradNorm: 1 };
      const events: StepEvent[] = [];
      for await (const event of train({ ...options, communicator, ...more })) events.push(event);
      const trained = [...policy.weights].filter(([, { trainable }]) => trainable);
      const numbers = await Promise.all(trained.map(async ([name, w]) => [name, await w.data<'float32'>()] as const));
      disposeModel(policy);
      disposeModel(start);
      rule.dispose();
      return { events, weights: new Map(numbers) };
    }),
  );
  expect(tf.memory().numTensors).toBe(before);
  return outcomes;
}

function planOf(dataset: Dataset, loss: Loss): Promise<BatchPlan> {
  // The last batch of an epoch has three examples: fewer than some have ranks.
  const settings = { seed: 1, batchSize: 4, microbatchSize: 3, epochs: 2 };
  return planBatches(dataset, { ...settings, kl: loss.needs?.kl === true });
}

/** The time is nobody's, and which of two equal rewards is the higher is decided by rounding. */
const leftOut = ['tokens_per_second', 'rewards/accuracies'];

/** Metrics and weights that differ by no more than rounding. */
function expectAlike(a: Outcome, b: Outcome): void {
  expect(a.events.length).toBe(b.events.length);
  a.events.forEach(({ metrics }, i) => {
    const other: Record<string, number> = b.events[i]?.metrics ?? {};
    expect(Object.keys(metrics).sort()).toEqual(Object.keys(other).sort());
    for (const [name, value] of Object.entries(metrics)) {
      if (leftOut.includes(name)) continue;
      const most = 2e-5 * (1 + Math.abs(value));
      expect(Math.abs(value - (other[name] as number)), `${name} of step ${i + 1}`).toBeLessThan(most);
    }
  });
  // A bias of keys changes nothing that softmax gives, so its gradient is rounding, and both optimisers make steps of any gradient.
  const withoutKeys = (outcome: Outcome): Outcome => ({
    ...outcome,
    weights: new Map([...outcome.weights].filter(([name]) => !name.endsWith('query_key_value.bias'))),
  });
  expectWeights(withoutKeys(a), withoutKeys(b), 2e-5);
}

function expectWeights(a: Outcome, b: Outcome, most: number): void {
  expect([...a.weights.keys()]).toEqual([...b.weights.keys()]);
  for (const [name, numbers] of a.weights) {
    const others = b.weights.get(name) as Float32Array;
    const worst = numbers.reduce((max, x, i) => Math.max(max, Math.abs(x - (others[i] as number))), 0);
    expect(worst, name).toBeLessThanOrEqual(most);
  }
}

describe.each(Object.entries(cases))('%s', (name, of) => {
  test('on ranks is what it is alone, and the same bits on each', async () => {
    const [alone] = await onRanks({ ...of, size: 0 });
    for (const size of of.sizes) {
      const [first, ...others] = (await onRanks({ ...of, size })) as [Outcome, ...Outcome[]];
      expectAlike(first, alone as Outcome);
      for (const other of others) expectWeights(other, first, 0);
    }
  });

  const divided = ['SFT by tokens', 'KTO on adapters', 'PPO with a value head'].includes(name);
  test.runIf(divided)('with the optimiser’s state divided as well', async () => {
    const [whole] = await onRanks({ ...of, size: 3 });
    const [first, ...others] = (await onRanks({ ...of, size: 3, sharded: true })) as [Outcome, ...Outcome[]];
    expectAlike(first, whole as Outcome);
    for (const other of others) expectWeights(other, first, 0);
  });
});

test('two runs on as many ranks are the same to the bit', async () => {
  const [a, b] = [await onRanks({ loss: kto(), size: 2 }), await onRanks({ loss: kto(), size: 2 })];
  expectWeights(a[0] as Outcome, b[0] as Outcome, 0);
});
