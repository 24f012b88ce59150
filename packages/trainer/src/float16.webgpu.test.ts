// The oracle's training runs with products in float16, held against its float64 within the bounds of the engine's README.
import { disposeModel } from '@halokit/models';
import { loadCheckpoint } from '@halokit/models/node';
import { setDevice } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { runTrace } from '../test/run_trace';
import { checkpointFolder, readTrace } from '../test/trace_files';

/** Largest differences of the loss and of the sum of a row's log-probabilities, and relative ones of the gradient's norm. */
interface Bounds {
  readonly loss: number;
  readonly logps: number;
  readonly norm: number;
}

/** Before the first update, where every run is the same; and over its 20 steps, of which RMSprop makes more than AdamW. */
const first: Bounds = { loss: 5e-3, logps: 0.1, norm: 2e-3 };
const all: Record<string, Bounds> = {
  kto_neox_rmsprop: { loss: 1e-2, logps: 3, norm: 0.4 },
  kto_llama_adamw: { loss: 1e-3, logps: 0.1, norm: 1e-2 },
  sft_llama_adamw: { loss: 1e-2, logps: 0.2, norm: 2e-2 },
};

beforeAll(async () => {
  setDevice('webgpu', { arithmetic: 'float16' });
  await tf.setBackend('onnxruntime');
});

test.each(Object.keys(all))('%s', async (name) => {
  const trace = readTrace(name);
  const policy = await loadCheckpoint(checkpointFolder(trace.policy));
  const { steps } = await runTrace(policy, trace, 4, { lossScale: 1024 });
  disposeModel(policy);
  const errors = steps.map(({ metrics, logps }, k): Bounds => {
    const { loss, grad_norm_before_clip, target_logps, logps: ofAll = [] } = trace.steps[k] as (typeof trace.steps)[0];
    return {
      loss: Math.abs(metrics.loss - loss),
      logps: Math.max(...(target_logps ?? ofAll).map((x, i) => Math.abs((logps[i] as number) - x))),
      norm: Math.abs((metrics.grad_norm as number) / grad_norm_before_clip - 1),
    };
  });
  expectWithin(errors[0] as Bounds, first);
  for (const error of errors) expectWithin(error, all[name] as Bounds);
  expect(steps.slice(1).every(({ leaked }) => leaked === 0)).toBe(true);
});

function expectWithin(error: Bounds, bounds: Bounds): void {
  for (const key of Object.keys(bounds) as (keyof Bounds)[]) expect(error[key], key).toBeLessThan(bounds[key]);
}
