// Whether TensorFlow's backend for Node has every kernel that training and sampling ask for, without its native library.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disposeModel, generate } from '@halokit/models';
import { loadCheckpoint } from '@halokit/models/node';
import { registerTensorflowKernels } from '@halokit/models/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runTrain } from '../commands/train';

const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pairs = join(folder, 'pairs.jsonl');
const thumbs = join(folder, 'thumbs.jsonl');
const run = (name: string) => join(folder, name);

let theirs: ReadonlySet<string>;
beforeAll(() => {
  const rows = Array.from({ length: 12 }, (_, i) => ({
    prompt: `Say ${i}`,
    chosen: `It is ${i}.`,
    rejected: 'No idea.',
  }));
  writeFileSync(pairs, rows.map((row) => JSON.stringify(row)).join('\n'));
  const judged = rows.flatMap(({ prompt, chosen, rejected }) => [
    { prompt, response: chosen, desirable: true },
    { prompt, response: rejected, desirable: false },
  ]);
  writeFileSync(thumbs, judged.map((row) => JSON.stringify(row)).join('\n'));
  // Which registers kernels and no backend, and so wants no library.
  createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
  theirs = new Set(tf.getKernelsForBackend('tensorflow').map(({ kernelName }) => kernelName));
  registerTensorflowKernels();
});

const shape = ['--shape.layers', '1', '--shape.width', '16', '--shape.heads', '2', '--held-out', '0.3'];
const steps = ['--backend', 'cpu', '--batch-size', '4', '--max-steps', '2', '--sft.max-steps', '2'];
const adapters = ['--lora.rank', '2', '--lora.dropout', '0.1', '--storage', 'bfloat16', '--gradient-checkpointing'];
const train = (method: string, data: string, out: string, ...more: readonly string[]) =>
  runTrain(['--method', method, '--data', data, '--out', run(out), ...steps, ...more]);

/** A model made here learns to speak by SFT first. */
const work: readonly (() => Promise<unknown>)[] = [
  () => train('kto', thumbs, 'pythia', ...shape),
  () => train('dpo', pairs, 'llama', ...shape, '--shape.family', 'llama', '--optimizer', 'adamw'),
  () => train('kto', thumbs, 'kto-llama', ...shape, '--shape.family', 'llama'),
  () => train('sft', pairs, 'sft', ...shape),
  () => train('ppo', thumbs, 'ppo', ...shape),
  () => train('bradleyTerry', pairs, 'reward', ...shape),
  () => train('kto', thumbs, 'adapters', '--model', join(run('pythia'), 'kto'), ...adapters),
  async () => {
    const model = await loadCheckpoint(join(run('llama'), 'dpo'), { trainable: false });
    await generate(model, [Int32Array.of(1, 2), Int32Array.of(3)], {
      maxNewTokens: 2,
      temperature: 1,
      topP: 0.9,
      repetitionPenalty: 1.1,
      seeds: [1, 2],
    });
    disposeModel(model);
  },
];

test('no kernel is asked for that it lacks, unless we bring it', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const asked = new Set<string>();
  for (const piece of work) {
    const { kernels } = await tf.profile(async () => {
      await piece();
      return tf.scalar(0);
    });
    for (const { name } of kernels) asked.add(name);
  }
  // Beside kernels, the profile has the functions with a gradient of their own.
  const kernels = [...asked].filter((name) => tf.getKernel(name, 'cpu'));
  expect(kernels.length).toBeGreaterThan(40);
  expect(kernels.filter((name) => !tf.getKernel(name, 'tensorflow'))).toEqual([]);
  expect(kernels.filter((name) => !theirs.has(name))).toEqual(['BitwiseAnd']);
});
