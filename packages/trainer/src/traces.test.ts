import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { dpo, kto, type Loss, sft } from '@halokit/losses';
import { type CausalLM, cloneModel, disposeModel } from '@halokit/models';
import { loadCheckpoint } from '@halokit/models/node';
import { registerWasmKernels } from '@halokit/models/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkpointFolder, readTrace, type Trace, tokenRows } from '../test/traces';
import { adamw } from './adamw';
import { referenceModel } from './reference';
import { rmsprop } from './rmsprop';
import { warmupConstant, warmupFromTenth } from './schedule';
import { type StepResult, trainStep } from './step';
import type { TokenBatch } from './token_batch';

function lossOf({ loss, config }: Trace): Loss {
  if (loss === 'halos_sft') return sft();
  if (loss === 'legacy_dpo') return dpo({ beta: config.beta });
  const weights = { desirableWeight: config.desirable_weight, undesirableWeight: config.undesirable_weight };
  return kto({ beta: config.beta, ...weights, z0Rows: loss === 'halos_kto' ? 'nonzero' : 'all' });
}

function batchOf({ batch }: Trace): TokenBatch {
  if (batch.concatenated) {
    return { feedback: 'preferences', examples: batch.pairs as number, rows: tokenRows(batch.concatenated) };
  }
  const rows = tokenRows(batch.target as NonNullable<typeof batch.target>);
  if (!batch.KL) return { feedback: 'demonstrations', examples: rows.length, rows };
  return { feedback: 'binary', examples: rows.length, rows, desirable: batch.desirable, kl: tokenRows(batch.KL) };
}

function optimizerOf({ optimizer: { name, alpha, betas, eps, weight_decay } }: Trace) {
  if (name === 'RMSprop') return rmsprop({ alpha, epsilon: eps });
  return adamw({ beta1: betas[0], beta2: betas[1], epsilon: eps, weightDecay: weight_decay });
}

/** Runs a trace with microbatches of the given size, and says how many tensors each step left behind. */
async function run(trace: Trace, microbatchSize: number) {
  const policy = await loadCheckpoint(checkpointFolder(trace.policy));
  const frozen = cloneModel(policy);
  const optimizer = optimizerOf(trace);
  const loss = lossOf(trace);
  const batch = batchOf(trace);
  const context = { policy, loss, reference: referenceModel(frozen), optimizer, maxGradNorm: trace.clip_grad_norm };
  const rule = (trace.optimizer.name === 'RMSprop' ? warmupConstant : warmupFromTenth)(trace.warmup_steps);
  const positions = [...Array(batch.examples).keys()];
  const microbatches = positions
    .filter((i) => i % microbatchSize === 0)
    .map((i) => positions.slice(i, i + microbatchSize));
  const results: StepResult[] = [];
  const leaks: number[] = [];
  for (const [step] of trace.steps.entries()) {
    const before = tf.memory().numTensors;
    results.push(
      await trainStep(context, batch, microbatches, trace.optimizer.lr * rule(step, trace.steps.length), undefined),
    );
    leaks.push(tf.memory().numTensors - before);
  }
  disposeModel(frozen);
  optimizer.dispose();
  return { policy, results, leaks, desirable: batch.desirable };
}

function close(actual: ArrayLike<number>, expected: readonly number[], tolerance: number) {
  expected.forEach((value, i) => {
    expect(Math.abs((actual[i] as number) - value), `${actual[i]}, expected ${value}`).toBeLessThan(
      tolerance * Math.max(1, Math.abs(value)),
    );
  });
}

function entriesClose(policy: CausalLM, trace: Trace) {
  for (const [name, { entries }] of Object.entries(trace.parameters_after_last_step)) {
    const values = policy.weights.get(name)?.dataSync() as ArrayLike<number>;
    close(
      entries.map(([index]) => values[index] as number),
      entries.map(([, value]) => value),
      1e-3,
    );
  }
}

const names = ['kto_neox_rmsprop', 'kto_llama_rmsprop', 'kto_llama_adamw', 'dpo_neox_rmsprop', 'sft_llama_adamw'];

registerWasmKernels();
const cases = ['cpu', 'wasm', 'onnxruntime'].flatMap((backend) => names.map((name) => [name, backend] as const));

describe.each(cases)('%s on %s', (name, backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });
  const trace = readTrace(name);
  // HALOs' main branch reports rewards without beta.
  const rewardScale = trace.loss === 'halos_kto' ? (trace.config.beta as number) : 1;

  test.each([1, 2, 4])('in microbatches of %d', async (size) => {
    const { policy, results, leaks, desirable } = await run(trace, size);
    results.forEach(({ metrics, numbers }, k) => {
      const expected = trace.steps[k] as Trace['steps'][number];
      expect(metrics.learning_rate).toBeCloseTo(expected.lr, 12);
      close([metrics.loss], [expected.loss], 1e-4);
      close([metrics.grad_norm as number], [expected.grad_norm_before_clip], 1e-3);
      close(numbers.logps, expected.target_logps ?? expected.logps ?? [], 1e-3);
      if (expected.KL !== undefined) close([metrics.kl as number], [expected.KL], 1e-3);
      if (expected.chosen_rewards) {
        const rewards = [...(numbers.rewards as Float64Array)];
        const chosen = rewards.filter((_, i) => (desirable ? desirable[i] : i < rewards.length / 2));
        close(
          chosen,
          expected.chosen_rewards.map((r) => r * rewardScale),
          1e-3,
        );
      }
    });
    // The first step makes the optimiser's state; after it the count of tensors never changes.
    expect(leaks.slice(1)).toEqual(leaks.slice(1).map(() => 0));
    entriesClose(policy, trace);
    disposeModel(policy);
  });
});
