import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { fileURLToPath } from 'node:url';
import { readConfig } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { peerCommand } from '../train_step/commands';
import { findPython } from '../train_step/find_python';
import { jobOf } from './job_of';
import type { Step } from './protocol';
import { runProgram } from './run_program';
import { trainBig } from './train_big';

const config = readConfig({
  ...{ model_type: 'gpt_neox', vocab_size: 61, hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 2 },
  ...{ max_position_embeddings: 32 },
});
const python = findPython();
const peer = fileURLToPath(new URL('peer.py', import.meta.url));

beforeAll(async () => {
  await tf.setBackend('onnxruntime');
});

describe.each(['full', 'lora', 'lora-float16'] as const)('%s', (kind) => {
  const job = {
    ...jobOf({ kind, rows: 4, tokens: 17, microbatchRows: 3 }, config, 4, 1),
    learningRate: kind === 'full' ? 1e-3 : 1e-2,
  };

  test('PyTorch computes the same losses (skipped where no Python imports torch)', async (context) => {
    const before = tf.memory().numTensors;
    const steps: Step[] = [];
    const { referenceSeconds } = await trainBig(job, (step) => steps.push(step));
    expect(tf.memory().numTensors).toBe(before);
    expect(referenceSeconds > 0).toBe(kind === 'full');
    expect(steps[0]?.loss).toBeCloseTo(0.5, 6);
    expect(Math.abs((steps[3]?.loss as number) - 0.5)).toBeGreaterThan(1e-3);
    if (python === undefined) return context.skip();
    const { steps: peers, end } = await runProgram(peerCommand(python, 1, {}, peer), job, () => {});
    steps.forEach(({ loss }, i) => {
      expect(loss).toBeCloseTo(peers[i]?.loss as number, 4);
    });
    expect(end.peakBytes).toBeGreaterThan(1e7);
  });
});
