import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { runPlan } from './plan';
import { runTrain } from './train';

let folder: string;
let base: string;
let said: string[];

const small = [
  ...['--shape.layers', '2', '--shape.width', '16', '--shape.heads', '2', '--batch-size', '8', '--held-out', '0.2'],
  ...['--max-steps', '2', '--sft.max-steps', '2', '--learning-rate', '1e-3'],
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memory-'));
  const lines = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ prompt: `Say ${i % 9}`, response: i % 2 ? `It is ${i % 9}.` : 'No.', desirable: i % 2 === 1 }),
  );
  await writeFile(join(folder, 'thumbs.jsonl'), lines.join('\n'));
});
beforeEach(() => {
  said = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Trains, and gives the metrics of every step but its speed. */
async function train(out: string, ...more: string[]): Promise<object[]> {
  const place = join(folder, out);
  await runTrain(['--data', join(folder, 'thumbs.jsonl'), '--out', place, ...small, ...more]);
  const method = more[more.indexOf('--method') + 1];
  const text = await readFile(join(place, `${method}-metrics.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => ({ ...JSON.parse(line), tokens_per_second: 0 }));
}

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  await train('base', '--method', 'sft');
  base = join(folder, 'base', 'sft');
});

test('--gradient-checkpointing trains the same model, to the bit', async () => {
  const kto = ['--method', 'kto', '--model', base];
  const before = tf.memory().numTensors;
  expect(await train('again', ...kto, '--gradient-checkpointing')).toEqual(await train('kept', ...kto));
  expect(tf.memory().numTensors).toBe(before);
  const weights = (out: string) => readFile(join(folder, out, 'kto', 'model.safetensors'));
  expect(await weights('again')).toEqual(await weights('kept'));
});

test('--reference.storage rounds the reference and not the policy', async () => {
  const kto = ['--method', 'kto', '--model', base];
  const [rounded, exact] = [
    await train('rounded', ...kto, '--reference.storage', 'bfloat16'),
    await train('exact', ...kto, '--reference.storage', 'float32'),
  ];
  expect(said).toContain('The reference is kept in bfloat16, its numbers rounded to it; arithmetic is float32');
  const first = (run: object[]) => run[0] as Record<string, number>;
  expect(first(rounded)['logps/chosen']).toBe(first(exact)['logps/chosen']);
  expect(first(rounded)['rewards/chosen']).not.toBe(first(exact)['rewards/chosen']);
  expect(first(rounded)['rewards/chosen']).toBeCloseTo(first(exact)['rewards/chosen'] as number, 1);
});

test('--storage keeps the weights under adapters in 16 bits', async () => {
  const before = tf.memory().numTensors;
  const lora = ['--method', 'kto', '--model', base, '--lora.rank', '2', '--gradient-checkpointing'];
  const [stored, exact] = [await train('stored', ...lora, '--storage', 'float16'), await train('wide', ...lora)];
  const logps = (run: object[]) => (run[0] as Record<string, number>)['logps/chosen'] as number;
  expect(logps(stored)).not.toBe(logps(exact));
  expect(logps(stored)).toBeCloseTo(logps(exact), 1);
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  [['--storage', 'float16'], 'storage: weights that train are float32. Train adapters with --lora.rank'],
  [['--lora.rank', '2', '--reference.storage', 'float16'], 'reference.storage: adapters and their reference share'],
  [
    ['--reference.stream', 'always', '--reference.storage', 'float16'],
    'reference.storage: a reference that is streamed',
  ],
  [['--storage', 'int8'], 'storage: '],
])('%s is refused before anything is written', async (more, message) => {
  await expect(train('refused', '--method', 'kto', '--model', base, ...more)).rejects.toThrow(message);
});

test('a model made here has nothing frozen to store', async () => {
  const more = ['--method', 'kto', '--lora.rank', '2', '--storage', 'float16'];
  await expect(train('refused', ...more)).rejects.toThrow('storage: a model made here first trains all of its weights');
});

test('the plan counts both', async () => {
  const plan = async (...more: string[]) =>
    (await runPlan(['--model', 'pythia-410m', '--json', '--reference.store', 'none', ...more])).memory;
  const [plain, again, stored] = [
    await plan(),
    await plan('--gradient-checkpointing'),
    await plan('--reference.storage', 'bfloat16'),
  ];
  expect(again.parts.activations).toBeLessThan(plain.parts.activations / 5);
  expect(again.peakBytes).toBeLessThan(plain.peakBytes);
  expect(stored.parts.copy / plain.parts.copy).toBeCloseTo(0.5, 2);
});
