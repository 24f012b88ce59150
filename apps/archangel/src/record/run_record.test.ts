import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointFingerprint } from '@halokit/models';
import { folderFiles } from '@halokit/models/node';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { runTrain } from '../commands/train';

let folder: string;
let data: string;
let said: string[];

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  folder = await mkdtemp(join(tmpdir(), 'record-'));
  data = join(folder, 'thumbs.jsonl');
  const lines = Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({ prompt: `Say ${i % 20}`, response: i % 2 ? `It is ${i % 20}.` : 'No.', desirable: i % 2 === 1 }),
  );
  await writeFile(data, lines.join('\n'));
});
beforeEach(() => {
  said = [];
});
afterAll(() => {
  vi.restoreAllMocks();
});

const small = ['--shape.layers', '1', '--shape.width', '16', '--shape.heads', '2', '--batch-size', '8'];

async function run(name: string, ...more: string[]) {
  const out = join(folder, name);
  await runTrain(['--method', 'kto', '--data', data, '--out', out, ...small, ...more]);
  const json = async (file: string) => JSON.parse(await readFile(join(out, file), 'utf8'));
  const jsonl = async (file: string) => {
    const text = await readFile(join(out, file), 'utf8');
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  return { out, json, jsonl, weights: await readFile(join(out, 'kto', 'model.safetensors')) };
}

test('answers on the way are the model’s of that step, and change nothing of the run', async () => {
  const plain = await run('plain');
  const sampled = await run('sampled', '--sample-every', '2', '--sample-prompts', '2', '--sample-tokens', '5');
  expect(sampled.weights.equals(plain.weights)).toBe(true);
  expect(await readdir(plain.out)).not.toContain('kto-samples.jsonl');

  const samples = await sampled.jsonl('kto-samples.jsonl');
  const steps = (await sampled.jsonl('kto-metrics.jsonl')).length;
  const asked = Array.from({ length: Math.floor(steps / 2) + 1 }, (_, i) => 2 * i);
  if (steps % 2 === 1) asked.push(steps);
  expect(samples.map(({ step }) => step)).toEqual(asked.flatMap((step) => [step, step]));
  expect(new Set(samples.map(({ prompt }) => prompt)).size).toBe(2);
  // What the method begins with is what SFT ends with.
  const sft = await sampled.jsonl('sft-samples.jsonl');
  expect(samples.slice(0, 2)).toEqual(sft.slice(-2).map((answer) => ({ ...answer, step: 0 })));
  expect(said.join('\n')).toMatch(/^ {2}step 2: ".*"$/m);
});

test('a run says what its numbers depend on, and how it went', async () => {
  const { out, json, jsonl } = await run('facts');
  const { versions, fingerprints, backend, machine } = await json('run.json');
  expect(versions).toMatchObject({ node: process.versions.node, '@tensorflow/tfjs-core': '4.22.0' });
  expect(backend).toContain('thread');
  expect(machine.cores).toBeGreaterThan(0);
  expect(fingerprints.dataset).toBe((await json('kto-plan.json')).dataset);
  for (const print of Object.values(fingerprints)) expect(print).toMatch(/^[0-9a-f]{64}$/);
  // A run from its checkpoint begins with that model, whose fingerprint can be had from its files.
  const next = await run('next', '--model', join(out, 'kto'), '--max-steps', '1');
  const facts = await next.json('run.json');
  expect(facts.fingerprints.model).toBe(await checkpointFingerprint(folderFiles(join(out, 'kto'))));
  expect(facts.fingerprints.model).not.toBe(fingerprints.model);
  expect(facts.fingerprints.tokenizer).toBe(fingerprints.tokenizer);

  const { training } = await json('report.json');
  const metrics = await jsonl('kto-metrics.jsonl');
  expect(training.kto.updates).toBe(metrics.length);
  expect(training.kto.first.loss).toBe(metrics[0].loss);
  // Fewer than 20 updates: the last tenth is the last one.
  expect(training.kto.last.loss).toBe(metrics.at(-1).loss);
  expect(Object.keys(training)).toEqual(['sft', 'kto']);
  for (const stage of ['sft', 'kto']) {
    expect(await readdir(join(out, 'tensorboard', stage))).toEqual([expect.stringMatching(/^events\.out\.tfevents\./)]);
  }
});

test('figures on the way are those of the model then, and change nothing of the run', async () => {
  const plain = await run('unmeasured', '--held-out', '0.3');
  const measured = await run('measured', '--held-out', '0.3', '--evaluate-every', '2');
  expect(measured.weights.equals(plain.weights)).toBe(true);
  const steps = (await measured.jsonl('kto-metrics.jsonl')).length;
  const figures = await measured.jsonl('kto-evaluation.jsonl');
  expect(figures.map(({ step }) => step)).toEqual(
    [...Array(steps).keys()].filter((step) => step > 0 && step % 2 === 0),
  );
  // A run that ends there is measured with the same numbers at its end.
  const short = await run('short', '--held-out', '0.3', '--max-steps', '2', '--warmup-steps', '0');
  const long = await run('long', '--held-out', '0.3', '--evaluate-every', '2', '--warmup-steps', '0');
  const [first] = await long.jsonl('kto-evaluation.jsonl');
  for (const { name, estimate } of (await short.json('report.json')).figures) {
    expect(first[name].value).toBe(estimate.value);
  }
  expect(said.join('\n')).toMatch(/^ {2}step 2: .*area under the ROC curve/m);
});
