import '@tensorflow/tfjs';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addAdapter, disposeModel } from '@halokit/models';
import { saveAdapter, saveCheckpoint } from '@halokit/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appWords } from '../../test/archangel';
import { runHere } from '../../test/run_here';
import { learnTokenizer } from '../stages/choose_tokenizer';
import { newModel } from '../stages/new_model';

const folder = mkdtempSync(join(tmpdir(), 'chat-'));
const [base, merged, adapter] = ['base', 'merged', 'adapter'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];

beforeAll(async () => {
  await tf.setBackend('cpu');
  const prompt = [{ role: 'user', content: 'hi' }] as const;
  const { tokenizer, files } = learnTokenizer([{ prompt, response: 'hello', source: 'here', line: 1 }], 280);
  const fresh = newModel({ layers: 1, width: 32, heads: 2, context: 64 }, tokenizer, 1);
  await saveCheckpoint(fresh, base, { files });
  const model = addAdapter(fresh, { seed: 1, rank: 4 });
  // B is 0 at first; these change every answer.
  for (const [name, weight] of model.weights) {
    if (name.includes('lora_B')) tf.tidy(() => weight.assign(tf.randomNormal(weight.shape, 0, 1, 'float32', 1)));
  }
  await saveCheckpoint(model, merged, { files });
  await saveAdapter(model, adapter);
  disposeModel(model);
});
afterAll(() => rmSync(folder, { recursive: true }));

function chat(...args: string[]) {
  const [program = '', ...words] = appWords;
  const more = ['--max-new-tokens', '6', '--temperature', '0'];
  return spawnSync(program, [...words, 'chat', ...args, ...more], { encoding: 'utf8', input: 'hi\n' });
}

test('a model with adapters on it answers as the merged one does', () => {
  const { status, stdout } = chat(base, '--adapter', adapter);
  expect(status).toBe(0);
  expect(stdout).toBe(chat(merged).stdout);
  expect(stdout).not.toBe(chat(base).stdout);
});

test('a folder without adapters is an error of one line', async () => {
  const { status, stderr } = await runHere('chat', base, '--adapter', base);
  expect(status).toBe(1);
  expect(stderr).toContain('holds no adapter_config.json, so this is no adapter.');
});
