import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presetNames } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runPlan } from './plan';

let said: string[];
beforeEach(async () => {
  said = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.stubEnv('XDG_CACHE_HOME', await mkdtemp(join(tmpdir(), 'plan-')));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const room = (bytes: number) => vi.spyOn(process, 'availableMemory').mockReturnValue(bytes);

test('parameters, memory by part, time, and what was measured before', async () => {
  room(1e12);
  const { memory, time, model } = await runPlan(['--model', 'pythia-1.4b', '--method', 'kto', '--length', '512']);
  expect(model.parameters).toBe(1_414_647_808);
  const parts = Object.values(memory.parts).reduce((sum, bytes) => sum + bytes, 0);
  expect(parts + memory.overheadBytes).toBeCloseTo(memory.peakBytes, -1);
  expect([memory.fits, memory.parts.weights]).toEqual([true, 4 * 1_414_647_808]);
  expect(time?.step.low).toBeLessThan(time?.step.likely as number);
  expect(time?.thousand.likely).toBeCloseTo((1000 / 32) * (time?.step.likely as number), 6);
  const text = said.join('\n');
  for (const words of [
    'pythia-1.4b: 1,414,647,808 parameters, 24 layers, width 2048.',
    'at most 4 examples at once',
    'It fits: of ',
    '% for the reference',
    'No run was measured on this machine before.',
  ])
    expect(text.replaceAll('\n', ' ')).toContain(words);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

test('what does not fit is told what would, by name', async () => {
  room(9e9);
  const { memory, fitting } = await runPlan([
    '--model',
    'pythia-410m',
    '--length',
    '1024',
    '--microbatch-tokens',
    '8192',
  ]);
  expect(memory.fits).toBe(false);
  expect(fitting?.flags).toMatch(/microbatch-size [124]$/);
  expect(said.join(' ').replaceAll('\n', ' ')).toContain(`It does not fit: of `);
  expect(said.join(' ').replaceAll('\n', ' ')).toContain(`What would: ${fitting?.flags} (`);
});

test.each(presetNames)('%s, for any method, without a tensor', async (name) => {
  const tensors = tf.memory().numTensors;
  for (const method of ['kto', 'dpo', 'sft', 'ppo', 'bradleyTerry']) {
    await runPlan(['--model', name, '--method', method, '--json']);
    const report = JSON.parse(said.at(-1) as string);
    expect(report.memory.peakBytes).toBeGreaterThan(16 * 70_426_624);
    expect(report.method.name).toBe(method);
  }
  expect(tf.memory().numTensors).toBe(tensors);
});

test('a folder needs no more than its config.json', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'config-'));
  const config = { model_type: 'llama', vocab_size: 1000, hidden_size: 64, intermediate_size: 128 };
  const json = { ...config, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2 };
  await writeFile(join(folder, 'config.json'), JSON.stringify(json));
  const { model, rows } = await runPlan([
    '--model',
    folder,
    '--method',
    'dpo',
    '--length',
    '64',
    '--prompt',
    '16',
    '--json',
  ]);
  // Both vocabulary matrices; q, o, k and v; the MLP's three; norms.
  expect(model.parameters).toBe(2 * 64_000 + 2 * (2 * 64 ** 2 + 2 * 64 * 32 + 3 * 64 * 128 + 2 * 64) + 64);
  expect(rows).toMatchObject({ length: 64, prompt: 16, microbatch: 16 });
});

test('a reference that is asked before, that is kept, and that is streamed', async () => {
  const plan = async (...more: string[]) => (await runPlan(['--model', 'pythia-70m', '--json', ...more])).memory;
  const [asked, kept] = [await plan(), await plan('--reference.store', 'none')];
  expect([asked.parts.copy, kept.parts.copy]).toEqual([0, kept.parts.weights]);
  const short = ['--reference.stream', 'always', '--length', '64', '--batch-size', '8'];
  const streamed = await plan(...short);
  expect(streamed.moment).toBe('the vocabulary of the streamed reference');
  expect(streamed.parts.states / 2 ** 30).toBeCloseTo(1, 1);
  // 5,000 examples and their KL rows, 64 tokens of width 512 each.
  const few = await plan(...short, '--examples', '5000');
  expect(few.parts.states).toBeLessThanOrEqual(4 * 10000 * 64 * 512);
  expect(few.parts.states).toBeGreaterThan(4 * 5000 * 64 * 512);
});

test('several ranks: what one of them holds and computes, and what they send each other', async () => {
  room(1e12);
  const plan = async (...more: string[]) => await runPlan(['--model', 'pythia-70m', '--optimizer', 'adamw', ...more]);
  const [alone, four] = [await plan(), await plan('--ranks', '4', '--bandwidth', '1', '--shard-optimizer')];
  expect(alone.ranks).toBeUndefined();
  expect(four.memory.parts.optimizer).toBe(alone.memory.parts.optimizer / 4);
  expect(four.work.flops.training).toBeCloseTo(alone.work.flops.training / 4, -9);
  const { sentBytes, communicationSeconds, time, worthwhile } = four.ranks as NonNullable<typeof four.ranks>;
  expect(sentBytes / (1.5 * 4 * 70_426_624)).toBeCloseTo(1, 3);
  expect(communicationSeconds).toBeGreaterThan((8 * sentBytes) / 1e9);
  expect(time?.step.apart).toBeGreaterThan(time?.step.overlapped as number);
  expect(worthwhile).toBeGreaterThanOrEqual(1);
  const text = said.at(-1)?.replaceAll('\n', ' ') ?? '';
  expect(text).toContain(
    'On 4 ranks like this one, the state of the optimiser divided, each sends 0.42 GB in a step: ',
  );
  expect(text).toContain('memory of a rank at its most');
});

test('what cannot be planned is refused', async () => {
  await expect(runPlan(['--model', 'pythia-70m', '--length', '4096'])).rejects.toThrow("the model's context 2048");
  await expect(runPlan(['--model', 'pythia-70m', '--length', '64', '--prompt', '64'])).rejects.toThrow('leaves none');
  await expect(runPlan(['--model', 'pythia-70m', '--lenght', '64'])).rejects.toThrow('Did you mean "length"?');
  await expect(runPlan(['--model', 'pythia-71m'])).rejects.toThrow('pythia-71m');
});

test('for a graphics processor, though there is none here', async () => {
  vi.stubEnv('VK_ICD_FILENAMES', '/nonexistent');
  const { memory } = await runPlan(['--model', 'pythia-410m', '--device', 'webgpu']);
  expect(memory).toMatchObject({ of: 'the graphics processor' });
  expect([memory.roomBytes, memory.fits]).toEqual([undefined, undefined]);
  expect(memory.peakBytes).toBeGreaterThan(1.2 * 16 * 405e6);
  const text = said.join('\n').replaceAll('\n', ' ');
  expect(text).toContain('kernels, and what is rounded up or kept free');
  expect(text).toContain('How much memory the graphics processor has is not known.');
});
