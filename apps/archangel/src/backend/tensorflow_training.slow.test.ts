// Trains on TensorFlow's own backend for Node, where one is installed, and on cpu: the same metrics, step by step.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { chooseBackend } from '../backend';
import { runTrain } from '../commands/train';

const folder = mkdtempSync(join(tmpdir(), 'tensorflow-training-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => vi.restoreAllMocks());

const [notice, missing] = await chooseBackend('tensorflow').then(
  ({ notice }) => [notice],
  (error: Error) => [undefined, error.message],
);

const pairs = join(folder, 'pairs.jsonl');
const rows = Array.from({ length: 40 }, (_, i) => ({
  prompt: `Say ${i}`,
  chosen: `It is ${i}.`,
  rejected: 'No idea.',
}));
writeFileSync(pairs, rows.map((row) => JSON.stringify(row)).join('\n'));

const shape = ['--shape.layers', '2', '--shape.width', '32', '--shape.heads', '2'];
const adapters = ['--lora.rank', '2', '--lora.dropout', '0.1', '--storage', 'bfloat16', '--gradient-checkpointing'];

/** The metrics of every step. */
async function steps(backend: string, method: string, name: string, flags: readonly string[]) {
  const out = join(folder, `${name}-${backend}`);
  await runTrain([
    ...['--backend', backend, '--method', method, '--data', pairs, '--out', out],
    ...[
      '--batch-size',
      '8',
      '--held-out',
      '0.2',
      '--max-steps',
      '3',
      '--sft.max-steps',
      '3',
      '--reference.store',
      'none',
      ...flags,
    ],
  ]);
  const lines = readFileSync(join(out, `${method}-metrics.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, number>);
}

const compared = ['loss', 'kl', 'grad_norm', 'logps/chosen', 'logps/rejected', 'rewards/margins'];

describe.skipIf(missing)(notice ?? `not trained on. ${missing}`, () => {
  test.each([
    ['kto', 'kto', [...shape]],
    ['dpo', 'llama', [...shape, '--shape.family', 'llama', '--optimizer', 'adamw']],
    ['kto', 'adapters', ['--model', join(folder, 'kto-cpu', 'kto'), ...adapters]],
  ])('%s, %s', async (method, name, flags) => {
    const expected = await steps('cpu', method, name, flags);
    const actual = await steps('tensorflow', method, name, flags);
    expect(actual).toHaveLength(expected.length);
    for (const [i, step] of expected.entries()) {
      for (const [key, y] of Object.entries(step).filter(([key]) => compared.includes(key))) {
        const x = actual[i]?.[key] ?? Number.NaN;
        expect(Math.abs(x - y), `${key} of step ${i + 1}: ${x}, not ${y}`).toBeLessThan(1e-4 * Math.abs(y) + 1e-4);
      }
    }
  });
});
