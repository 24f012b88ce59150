import '@tensorflow/tfjs';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disposeModel } from '@halokit/models';
import { saveCheckpoint } from '@halokit/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appWords } from '../../test/archangel';
import { runHere } from '../../test/run_here';
import { learnTokenizer } from '../stages/choose_tokenizer';
import { newModel } from '../stages/new_model';

const folder = mkdtempSync(join(tmpdir(), 'chat-'));
const model = join(folder, 'model');

beforeAll(async () => {
  await tf.setBackend('cpu');
  const demonstration = {
    prompt: [{ role: 'user', content: 'hi' }],
    response: 'hello',
    source: 'here',
    line: 1,
  } as const;
  const { tokenizer, files } = learnTokenizer([demonstration], 280);
  const fresh = newModel({ layers: 1, width: 32, heads: 2, context: 64 }, tokenizer, 1);
  await saveCheckpoint(fresh, model, { files });
  disposeModel(fresh);
});
afterAll(() => rmSync(folder, { recursive: true }));

function archangel(input: string, ...args: string[]) {
  const [program = '', ...words] = appWords;
  return spawnSync(program, [...words, ...args], { encoding: 'utf8', input });
}

test('without a terminal, a line in is an answer out; what is said beside goes to stderr', () => {
  const run = () => archangel('hi\n/reset\nhi\n', 'chat', model, '--max-new-tokens', '5', '--seed', '3');
  const { status, stdout, stderr } = run();
  expect(status).toBe(0);
  expect(stderr).toContain('format tulu, context 64 tokens');
  expect(stderr).toContain('A new conversation.');
  expect(stdout.length).toBeGreaterThan(2);
  expect(stdout.endsWith('\n')).toBe(true);
  expect(stdout).not.toContain('>');
  // The same seed gives the same answers.
  expect(run().stdout).toBe(stdout);
});

test.each([
  [['chat'], 'model: is missing'],
  [['chat', 'nowhere'], 'No such file or folder'],
  [['chat', model, '--top-p', '2'], 'topP'],
  [['chat', model, '--format', 'chat-template'], 'format: chat-template is the template'],
])('%j is an error of one line', async (args, message) => {
  const { status, stderr } = await runHere(...args);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(status).toBe(1);
});
