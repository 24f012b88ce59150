import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import type { BinaryLoss, Loss, LossNeeds, PreferenceLoss, PreparedRows } from '@halokit/losses';
import {
  addRewardHead,
  addValueHead,
  type CausalLM,
  createModel,
  disposeModel,
  plainOutputs,
  readConfig,
} from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { adamw } from './adamw';
import { type Dataset, datasetFingerprint, promptKeys } from './dataset';
import { type PlanSettings, planBatches } from './plan';
import { type StepEvent, train } from './train';

const config = readConfig({
  model_type: 'gpt_neox',
  vocab_size: 30,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  rotary_pct: 0.5,
  max_position_embeddings: 16,
  initializer_range: 0.3,
});

/** Twelve thumbs on four prompts. */
const thumbs: Dataset & { feedback: 'binary' } = {
  feedback: 'binary',
  examples: Array.from({ length: 12 }, (_, i) => ({
    prompt: Int32Array.of(1, 2 + (i % 4)),
    response: Int32Array.from({ length: 1 + (i % 3) }, (_, t) => (i * 5 + t * 3) % 30),
    desirable: i % 3 !== 0,
  })),
};

/** Eight pairs: what is chosen ends in token 7, what is rejected in 8. */
const pairs: Dataset & { feedback: 'preferences' } = {
  feedback: 'preferences',
  examples: Array.from({ length: 8 }, (_, i) => ({
    prompt: Int32Array.of(1, 2 + (i % 4)),
    chosen: Int32Array.of(...Array(i % 3).fill(10 + i), 7),
    rejected: Int32Array.of(...Array((i + 1) % 3).fill(20 + i), 8),
  })),
};

const settings: PlanSettings = { seed: 1, batchSize: 6, microbatchSize: 4, epochs: 2, kl: false, groups: true };

const newPolicy = () => addRewardHead(addValueHead(createModel(config, { seed: 3 }), { seed: 1 }), { seed: 2 });

/** Every weight on the host. */
async function numbersOf(policy: CausalLM): Promise<Map<string, number[]>> {
  const numbers = new Map<string, number[]>();
  for (const [name, weight] of policy.weights) numbers.set(name, Array.from(await weight.data()));
  return numbers;
}

/** Trains a policy; gives its events and the names of the weights that changed. */
async function run(policy: CausalLM, loss: Loss, dataset: Dataset, more: Partial<PlanSettings> = {}) {
  const before = await numbersOf(policy);
  const plan = await planBatches(dataset, { ...settings, ...more });
  const optimizer = adamw({ weightDecay: 0.1 });
  const events: StepEvent[] = [];
  for await (const event of train({ policy, loss, dataset, plan, optimizer, learningRate: 1e-2 })) events.push(event);
  optimizer.dispose();
  const after = await numbersOf(policy);
  const changed = [...after.keys()].filter((name) => String(after.get(name)) !== String(before.get(name)));
  return { events, plan, changed };
}

/** Squared errors of the value head against 1, and what it was told before. */
function regression(needs: LossNeeds, told: PreparedRows[] = []): BinaryLoss {
  return {
    name: 'regression',
    feedback: 'binary',
    needs: { values: true, ...needs },
    prepare(batch) {
      told.push(batch.rows);
      return { statistics: undefined };
    },
    losses({ policy, values }) {
      const errors = tf.mul(tf.squaredDifference(values as tf.Tensor2D, 1), policy.mask);
      return { losses: tf.sum(errors, 1), rewards: tf.sum(tf.mul(values as tf.Tensor2D, policy.mask), 1) };
    },
  };
}

/** Bradley and Terry's: -log sigmoid(score of the chosen - score of the rejected). */
const ordering: PreferenceLoss = {
  name: 'ordering',
  feedback: 'preferences',
  needs: { scores: true },
  losses({ chosen, rejected }) {
    const rewards = { chosen: chosen.scores as tf.Tensor1D, rejected: rejected.scores as tf.Tensor1D };
    return { losses: tf.softplus(tf.sub<tf.Tensor1D>(rewards.rejected, rewards.chosen)), rewards };
  },
};

describe.each(['cpu', 'onnxruntime'])('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test('a loss of values trains the value head and leaves all else as it was, weight decay included', async () => {
    const tensors = tf.memory().numTensors;
    const policy = newPolicy();
    const { events, changed } = await run(policy, regression({}), thumbs, { epochs: 10 });
    expect(changed.sort()).toEqual([...policy.weights.keys()].filter((name) => name.startsWith('value_head')).sort());
    expect(events.at(-1)?.metrics.loss).toBeLessThan(0.2 * (events[0]?.metrics.loss as number));
    disposeModel(policy);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('a loss of scores learns to order pairs, with the whole model', async () => {
    const tensors = tf.memory().numTensors;
    const policy = newPolicy();
    const first = await scoresOf(policy);
    const { events, changed, plan } = await run(policy, ordering, pairs, { batchSize: 8, epochs: 20 });
    const { metrics } = events[0] as StepEvent;
    const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    expect(plan.steps[0]?.microbatches.length).toBeGreaterThan(1);
    expect(metrics['rewards/chosen']).toBeCloseTo(mean(first.chosen), 4);
    expect(metrics['rewards/rejected']).toBeCloseTo(mean(first.rejected), 4);
    expect(metrics['logps/chosen']).toBeLessThan(0);
    expect(changed).toContain('score.weight');
    expect(changed).toContain('gpt_neox.embed_in.weight');
    expect(changed.some((name) => name.startsWith('value_head'))).toBe(false);
    const { chosen, rejected } = await scoresOf(policy);
    expect(Math.min(...chosen)).toBeGreaterThan(Math.max(...rejected));
    disposeModel(policy);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('margins of the data reach the loss, each with its pair, 0 where a pair has none', async () => {
    const seen: number[] = [];
    const rated = {
      ...pairs,
      examples: pairs.examples.map((pair, i) => (i === 2 ? pair : { ...pair, margin: i / 2 })),
    };
    const listening: PreferenceLoss = {
      ...ordering,
      losses(rows, statistics) {
        seen.push(...(rows.margins?.dataSync() ?? []));
        return ordering.losses(rows, statistics);
      },
    };
    const policy = newPolicy();
    const { plan } = await run(policy, listening, rated, { batchSize: 8, epochs: 1 });
    const [step] = plan.steps;
    const inOrder = step?.microbatches.flat().map((position) => step.examples[position] as number);
    expect(seen).toEqual(inOrder?.map((i) => (i === 2 ? 0 : i / 2)));
    expect(await datasetFingerprint(rated)).not.toBe(await datasetFingerprint(pairs));
    disposeModel(policy);
  });

  async function scoresOf(policy: CausalLM) {
    const side = async (key: 'chosen' | 'rejected') => {
      const rows = pairs.examples.map((pair) => ({ prompt: pair.prompt, response: pair[key] }));
      return Array.from((await plainOutputs(policy, rows, ['scores'])).scores);
    };
    return { chosen: await side('chosen'), rejected: await side('rejected') };
  }
});

describe('what prepare is told', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  test('values of the whole batch, as the policy has them before the update', async () => {
    const policy = newPolicy();
    const { values: expected } = await plainOutputs(policy, thumbs.examples, ['values']);
    const told: PreparedRows[] = [];
    const { plan } = await run(policy, regression({}, told), thumbs, { maxSteps: 1 });
    plan.steps[0]?.examples.forEach((example, i) => {
      const [actual, wanted] = [told[0]?.values?.[i], expected[example]];
      expect(actual?.length).toBe(thumbs.examples[example]?.response.length);
      wanted?.forEach((value, t) => {
        expect(actual?.[t]).toBeCloseTo(value, 5);
      });
    });
    expect(told[0]?.policy).toBeUndefined();
    disposeModel(policy);
  });

  test('log-probabilities too where they are needed, for one forward pass', async () => {
    const model = newPolicy();
    const passes: number[] = [];
    for (const needs of [{}, { policyInPrepare: true }]) {
      let count = 0;
      class Counting extends Map<string, tf.Variable> {
        override get(name: string) {
          if (name === 'gpt_neox.embed_in.weight') count += 1;
          return super.get(name);
        }
      }
      const told: PreparedRows[] = [];
      const policy = { config, weights: new Counting(model.weights) };
      await run(policy, regression(needs, told), thumbs, { microbatchSize: 6, maxSteps: 1 });
      passes.push(count);
      expect(told[0]?.policy !== undefined).toBe('policyInPrepare' in needs);
      expect(told[0]?.values).toHaveLength(6);
    }
    expect(passes[1]).toBe(passes[0]);
    disposeModel(model);
  });

  test('equal numbers for equal prompts of the batch, where groups are needed', async () => {
    const told: (readonly number[] | undefined)[] = [];
    const loss = (needs: LossNeeds): BinaryLoss => ({
      name: 'grouped',
      feedback: 'binary',
      needs,
      prepare(batch) {
        told.push(batch.groups);
        return { statistics: undefined };
      },
      losses: ({ policy }) => ({
        losses: tf.neg<tf.Tensor1D>(tf.sum<tf.Tensor1D>(policy.tokens, 1)),
        rewards: tf.sum(policy.tokens, 1),
      }),
    });
    const policy = newPolicy();
    const { plan } = await run(policy, loss({ groups: true }), thumbs);
    const keys = promptKeys(thumbs);
    expect(told).toHaveLength(plan.steps.length);
    plan.steps.forEach(({ examples }, step) => {
      const groups = told[step] as readonly number[];
      expect(groups).toHaveLength(6);
      examples.forEach((a, i) => {
        examples.forEach((b, j) => {
          expect(groups[i] === groups[j]).toBe(keys[a] === keys[b]);
        });
      });
    });
    await run(policy, loss({}), thumbs, { maxSteps: 1 });
    expect(told.at(-1)).toBeUndefined();
    disposeModel(policy);
  });
});
