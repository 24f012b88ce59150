import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { runHere } from '../../test/run_here';

const folder = mkdtempSync(join(tmpdir(), 'grid-'));
const at = (...path: string[]) => join(folder, ...path);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tiny = {
  models: { tiny: { shape: { layers: 1, width: 8, heads: 2, context: 96 } } },
  methods: ['sft', 'sft+kto'],
  world: { demonstrations: 60, pairs: 24, heldOut: 6 },
  base: { data: '{world}/demonstrations.jsonl', tokenizer: '{world}/tokenizer', maxSteps: 2, backend: 'cpu' },
  train: { data: '{world}/train.jsonl', maxLength: 96, maxPromptLength: 48, maxSteps: 1, batchSize: 4, backend: 'cpu' },
  sample: { data: '{world}/held-out.jsonl', prompts: 2, maxNewTokens: 2, backend: 'cpu' },
  judge: { judge: 'world' },
  plan: { examples: 20, length: 64, prompt: 24 },
};
const lengths = { maxLength: 96, maxPromptLength: 48, batchSize: 4 };

beforeAll(() => {
  writeFileSync(at('tiny.yaml'), stringify({ ...tiny, out: at('out'), base: { ...tiny.base, ...lengths } }));
});

const grid = (...args: string[]) => runHere('grid', ...args);
const job = (name: string, ...args: string[]) => grid('job', at('tiny.yaml'), '--job', name, ...args);

test('jobs are done one after the other, each once, and a changed one only when it may be', async () => {
  const early = await job('tiny/seed-1/sft+kto');
  expect([early.status, early.stderr]).toEqual([
    1,
    expect.stringContaining('comes after tiny/seed-1/sft, which is not done (waiting)'),
  ]);
  const names = [
    'world/seed-1',
    ...['base', 'reference-base', 'sft', 'reference-sft', 'sft+kto'].map((one) => `tiny/seed-1/${one}`),
  ];
  for (const name of names) {
    const { status, stderr } = await job(name);
    expect([name, status, stderr.includes('ERROR')]).toEqual([name, 0, false]);
  }
  expect(existsSync(at('out/tiny/seed-1/sft+kto/kto-judged-target-world.json'))).toBe(true);
  // The reference was asked by a job of its own.
  const again = await job('tiny/seed-1/sft+kto');
  expect([again.status, again.stdout]).toEqual([0, '']);
  const { stdout } = await grid('status', at('tiny.yaml'), '--all');
  expect(stdout).toMatch(/tiny\/seed-1\/sft\+kto +done/);
  expect(stdout).toMatch(/cells trained, sampled, judged +2 +0/);

  const changed = await grid('run', at('tiny.yaml'), '--train.learning-rate', '0.5');
  expect([changed.status, changed.stderr]).toEqual([
    1,
    expect.stringContaining('holds 3 jobs that were done with other settings than the grid has now'),
  ]);
  expect(existsSync(at('out/grid.yaml'))).toBe(false);
  // All is done: nothing to start.
  const { status, stdout: nothing } = await grid('run', at('tiny.yaml'));
  expect([status, nothing]).toEqual([0, `Grid tiny: 6 jobs, 6 of them done. Everything is in ${at('out')}.\n`]);
  expect((await grid('status', at('out'))).stdout).toContain('What is done took');
});

test('what was begun goes on; what was begun for another grid begins anew', async () => {
  const name = 'tiny/seed-1/sft+kto';
  const again = async () => {
    rmSync(at('out', name, 'done.json'));
    rmSync(at('out', name, 'report.json'));
    return (await job(name)).stdout;
  };
  expect(await again()).toContain('KTO is behind');
  writeFileSync(at('out/jobs', `${name}.begun`), 'of another grid');
  expect(await again()).not.toContain('KTO is behind');
  expect(readFileSync(at('out/jobs', `${name}.begun`), 'utf8')).toMatch(/^[0-9a-f]{64}$/);
});

test('a failure is kept with its reason until the job is done', async () => {
  writeFileSync(
    at('failing.yaml'),
    stringify({ ...tiny, base: { ...tiny.base, maxLength: 97, maxPromptLength: 48 }, out: at('failing') }),
  );
  const run = (name: string) => grid('job', at('failing.yaml'), '--job', name);
  expect((await run('world/seed-1')).status).toBe(0);
  expect((await run('tiny/seed-1/base')).stderr).toContain("maxLength is 97 tokens but the model's context 96");
  expect((await grid('status', at('failing.yaml'))).stdout).toContain('tiny/seed-1/base failed: maxLength is 97');
});

test('a plan of every cell, in words and as one document, for what fits and what does not', async () => {
  const { stdout } = await grid('plan', 'archangel', '--train.batch-size', '2');
  expect(stdout).toMatch(/^pythia-1\.4b\/kto +1,414,647,808 +[\d.]+ GB +(yes|no) +160,800/m);
  expect(stdout).toMatch(/^llama-30b needs [\d.]+ GB of memory/m);
  const { grid: name, jobs } = JSON.parse((await grid('plan', at('tiny.yaml'), '--json')).stdout);
  expect([name, jobs.length]).toEqual(['tiny', 6]);
  expect(jobs.at(-1)).toMatchObject({
    ...{ name: 'tiny/seed-1/sft+kto', steps: [{ command: 'train' }, { command: 'sample' }, { command: 'judge' }] },
    training: { fits: true, steps: 10 },
  });
});

test.each([
  [['grid', 'rum', 'miniature'], 'Unknown command "grid rum". There are: grid plan, grid run'],
  [['grid', 'status'], 'Say which grid: archangel grid status miniature'],
  [['grid', 'status', 'miniature', '--trian.batch-size', '3'], 'unknown key "trian". Did you mean "train"?'],
  [['grid', 'job', 'miniature', '--job', 'pythia-small/seed-1/ktoo'], 'Did you mean "pythia-small/seed-1/kto"?'],
])('%j is refused', async (args, message) => {
  const { status, stderr } = await runHere(...args);
  expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
});
