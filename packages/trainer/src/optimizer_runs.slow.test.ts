import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { dpo, kto, type Loss } from '@halokit/losses';
import { disposeModel } from '@halokit/models';
import { loadCheckpoint } from '@halokit/models/node';
import { registerWasmKernels } from '@halokit/models/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type OptimizerCases, type OptimizerRun, readOptimizerCases } from '../test/optimizer_runs';
import { oracleOptimizer } from '../test/oracle_optimizer';
import { checkpointFolder } from '../test/trace_files';
import { tokenRows } from '../test/traces';
import type { Reference } from './reference';
import { trainStep } from './step';
import type { TokenBatch } from './token_batch';

interface Task {
  readonly loss: Loss;
  readonly batch: TokenBatch;
  readonly reference: Reference;
}

function taskOf({ losses }: OptimizerCases, loss: OptimizerRun['loss']): Task {
  if (loss === 'dpo') {
    const { config, batch, reference_logps } = losses.dpo;
    const rows = tokenRows(batch.concatenated);
    return {
      loss: dpo({ beta: config.beta }),
      batch: { feedback: 'preferences', examples: batch.pairs, rows },
      reference: given(reference_logps),
    };
  }
  const { config, batch, reference_target_logps, reference_KL_logps } = losses.kto;
  const { beta, desirable_weight: desirableWeight, undesirable_weight: undesirableWeight } = config;
  const [rows, kl] = [tokenRows(batch.target), tokenRows(batch.KL)];
  return {
    loss: kto({ beta, desirableWeight, undesirableWeight }),
    batch: { feedback: 'binary', examples: rows.length, rows, desirable: batch.desirable, kl },
    reference: given([...reference_target_logps, ...reference_KL_logps]),
  };
}

/** A reference of which only the sum over each row is known. */
function given(sums: readonly number[]): Reference {
  return {
    logps: async (rows) =>
      rows.map(({ response }, i) => Float32Array.from(response, (_, t) => (t === 0 ? (sums[i] as number) : 0))),
  };
}

const cases = readOptimizerCases();
const runs = cases.flatMap(([name, cases]) =>
  cases.optimizer_runs.map((run) => ({ name, cases, run, title: `${run.optimizer.name} on ${run.loss}` })),
);

test('every checkpoint with gradients has its runs', () => {
  expect(cases.map(([name]) => name).sort()).toEqual([
    'llama-gqa',
    'llama-mha',
    'llama-rope3',
    'llama-tied',
    'neox-2heads',
    'neox-parallel',
    'neox-sequential',
  ]);
  expect(new Set(runs.map(({ title }) => title))).toEqual(new Set(['RMSprop on kto', 'AdamW on dpo']));
});

registerWasmKernels();

describe.each(['cpu', 'wasm', 'onnxruntime'])('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test.each(runs)('$name: three steps of $title', async ({ name, cases, run }) => {
    const before = tf.memory().numTensors;
    const policy = await loadCheckpoint(checkpointFolder(name));
    const start = new Map([...policy.weights].map(([key, weight]) => [key, weight.dataSync().slice()]));
    const optimizer = oracleOptimizer(run.optimizer);
    const { loss, batch, reference } = taskOf(cases, run.loss);
    const context = { policy, loss, reference, optimizer, maxGradNorm: run.clip_grad_norm ?? undefined };
    const microbatches = [[...Array(batch.examples).keys()]];
    for (const { loss, grad_norm_before_clip } of run.steps) {
      const { metrics } = await trainStep(context, batch, microbatches, run.optimizer.lr, undefined);
      expect(Math.abs(metrics.loss - loss)).toBeLessThan(1e-5);
      expect(Math.abs((metrics.grad_norm as number) / grad_norm_before_clip - 1)).toBeLessThan(1e-4);
    }
    for (const [key, { entries, delta_l2 }] of Object.entries(run.parameters_after_3_steps)) {
      const values = policy.weights.get(key)?.dataSync() as Float32Array;
      for (const [index, value] of entries) {
        expect(Math.abs((values[index] as number) - value), `${key} at ${index}`).toBeLessThan(1e-5);
      }
      // Both optimisers divide by a gradient's size, and that of some key biases is rounding noise alone.
      if (key.endsWith('query_key_value.bias')) continue;
      const moved = Math.hypot(...values.map((x, i) => x - (start.get(key)?.[i] as number)));
      expect(Math.abs(moved / delta_l2 - 1), key).toBeLessThan(1e-3);
    }
    disposeModel(policy);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
