import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { peerCommand } from './commands';
import { findPython } from './find_python';
import { createModel, disposeModel } from './model';
import type { Step } from './protocol';
import { runProgram } from './run_program';
import { checkSameLosses } from './same_losses';
import type { Shape } from './shape';
import { trainSteps } from './train_steps';

const shape: Shape = { name: 'tiny', layers: 2, width: 32, heads: 2, vocabulary: 61, rows: 2, tokens: 16 };
const python = findPython();

beforeAll(async () => {
  await tf.setBackend('cpu');
});

async function train(steps: number, heard: () => void = () => {}): Promise<Step[]> {
  const model = createModel(shape);
  const result: Step[] = [];
  for await (const step of trainSteps(model, steps)) {
    result.push(step);
    heard();
  }
  disposeModel(model);
  return result;
}

test('the loss starts near that of guessing and falls, and no step leaks a tensor', async () => {
  const before = tf.memory().numTensors;
  const counts: number[] = [];
  const steps = await train(30, () => counts.push(tf.memory().numTensors));
  expect(Math.abs((steps[0]?.loss ?? 0) - Math.log(61))).toBeLessThan(0.2);
  expect(steps.at(-1)?.loss).toBeLessThan((steps[0]?.loss ?? 0) - 0.5);
  expect(new Set(counts).size).toBe(1);
  expect(tf.memory().numTensors).toBe(before);
  for (const { seconds, recordSeconds = Number.NaN } of steps) {
    expect(recordSeconds).toBeGreaterThan(0);
    expect(recordSeconds).toBeLessThanOrEqual(seconds);
  }
});

test.skipIf(python === undefined)(
  'PyTorch computes the same losses (skipped where no Python imports torch)',
  async () => {
    const job = { shape, steps: 8, threads: 1, backend: 'cpu' };
    const peer = await runProgram(peerCommand(python ?? '', 1, {}), job, () => {});
    const ours = await train(8);
    checkSameLosses(ours, [...peer.warmUp, ...peer.timed]);
    // Far closer, in truth, than what is let pass on large shapes.
    ours.forEach(({ loss }, i) => {
      expect(loss).toBeCloseTo([...peer.warmUp, ...peer.timed][i]?.loss ?? 0, 4);
    });
    expect(peer.end.peakBytes).toBeGreaterThan(1e7);
    expect(peer.end.versions?.torch).toMatch(/^\d+\./);
  },
);
