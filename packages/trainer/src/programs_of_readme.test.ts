import '@tensorflow/tfjs';
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { trainTokenizer } from '@halokit/data';
import { createModel, disposeModel, readConfig } from '@halokit/models';
import { saveCheckpoint } from '@halokit/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readmePrograms } from '../test/readme_programs';

const run = promisify(execFile);
const tsx = createRequire(import.meta.url).resolve('tsx');
let folder: string;

beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await readmePrograms();
  const json = trainTokenizer(['Say 1\n<|user|>\n<|assistant|>\nIt is 1. No.'], 300, ['<|endoftext|>']);
  const config = readConfig({
    ...{ model_type: 'gpt_neox', vocab_size: 300, hidden_size: 16, num_hidden_layers: 1, num_attention_heads: 2 },
    ...{ max_position_embeddings: 512, initializer_range: 0.1, eos_token_id: 0 },
  });
  const model = createModel(config, { seed: 1 });
  await saveCheckpoint(model, join(folder, 'pythia-70m'), { files: { 'tokenizer.json': JSON.stringify(json) } });
  disposeModel(model);
  const thumbs = Array.from({ length: 64 }, (_, i) =>
    JSON.stringify({ prompt: `Say ${i}`, response: i % 2 ? `It is ${i}.` : 'No.', desirable: i % 2 === 1 }),
  );
  await writeFile(join(folder, 'thumbs.jsonl'), thumbs.join('\n'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the README’s program trains with the README’s own loss', async () => {
  const loader = ['--conditions=@halokit/source', '--import', tsx];
  const { stdout } = await run(process.execPath, [...loader, 'align.ts'], { cwd: folder });
  const steps = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  expect(steps.map(([step]) => step)).toEqual([1, 2]);
  // Before the first update policy and reference are one, so 1 - tanh(0).
  expect(steps[0]?.[1]).toBeCloseTo(1, 4);
  for (const numbers of steps) for (const number of numbers) expect(Number.isFinite(number)).toBe(true);
});
