import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { runTrain } from '../commands/train';

let folder: string;
let said: string[];

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  folder = await mkdtemp(join(tmpdir(), 'dry-'));
  // What is kept between runs would be here.
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  const lines = Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({ prompt: `Say ${i % 20}`, chosen: `It is ${'so '.repeat(i % 7)}.`, rejected: 'No.' }),
  );
  await writeFile(join(folder, 'pairs.jsonl'), lines.join('\n'));
});
beforeEach(() => {
  said = [];
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const small = ['--shape.layers', '1', '--shape.width', '16', '--shape.heads', '2', '--batch-size', '8'];

/** Everything under the folder, the cache included. */
async function written(): Promise<string[]> {
  const all = await readdir(folder, { recursive: true });
  return all.sort();
}

async function run(...more: string[]): Promise<string> {
  await runTrain(['--data', join(folder, 'pairs.jsonl'), '--out', join(folder, 'run'), ...small, ...more]);
  return said.join('\n');
}

test('says parameters, memory, steps and time after one real update, and writes nothing', async () => {
  const text = await run('--method', 'dpo', '--dry-run', '--epochs', '3', '--sample-every', '1');
  expect(await written()).toEqual(['pairs.jsonl']);
  // The first loss of DPO is log 2: policy and reference are one.
  expect(text).toMatch(/^SFT: \d+ steps, .*\(this one took [\d.]+ s, loss \d\.\d+\)$/m);
  const [, steps] =
    /^DPO: (\d+) steps, .*\(this one took [\d.]+ s, loss 0\.693\); its reference before them, at most .*$/m.exec(
      text,
    ) ?? [];
  expect(text).toMatch(/^[\d,]+ parameters, [\d,]+ numbers trained; [\d.]+ GB of memory at its most\.$/m);
  const tensors = tf.memory().numTensors;
  await run('--method', 'dpo', '--dry-run');
  expect(tf.memory().numTensors).toBe(tensors);

  const examples = Number(/^ {2}(\d+) preferences: nothing dropped/m.exec(text)?.[1]);
  expect(Number(steps)).toBe(3 * Math.ceil(examples / 8));
});

test('of adapters on a checkpoint, with its reference read from the disk, what is trained is less', async () => {
  await run('--method', 'sft', '--max-steps', '1');
  const before = await written();
  const model = ['--method', 'dpo', '--model', join(folder, 'run', 'sft'), '--dry-run'];
  const whole = await run(...model, '--reference.stream', 'always');
  expect(whole).toMatch(/loss 0\.693/);
  said = [];
  const [, all, trained] =
    /^([\d,]+) parameters, ([\d,]+) numbers trained/m.exec(await run(...model, '--lora.rank', '2')) ?? [];
  const number = (text = '') => Number(text.replaceAll(',', ''));
  expect(number(trained)).toBeLessThan(number(all) / 2);
  expect(number(trained)).toBeGreaterThan(0);
  expect(await written()).toEqual(before);
});
