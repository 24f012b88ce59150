import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Answer } from './answer';
import { openAnswerCache } from './answer_cache';

const newFile = async () => join(await mkdtemp(join(tmpdir(), 'answers-')), 'answers.jsonl');
const answer = (said: string): Answer => ({ said, finish: 'stop', promptTokens: 9, completionTokens: 2 });

async function filled(said: readonly string[]): Promise<string> {
  const file = await newFile();
  const cache = await openAnswerCache(file);
  await Promise.all(said.map((text, i) => cache.set(`${i}`, answer(text))));
  await cache.close();
  return file;
}

async function held(file: string, keys: readonly string[]) {
  const cache = await openAnswerCache(file);
  const answers = await Promise.all(keys.map((key) => cache.get(key)));
  await cache.close();
  return answers.map((kept) => kept?.said);
}

test('answers are there again word for word, without counts too', async () => {
  const said = ['Verdict: A', '', 'a\nb\r\n\u2028c', 'é\ud83d', '🙂', 'x'.repeat(1e6)];
  const file = await filled(said);
  expect(await held(file, ['0', '1', '2', '3', '4', '5', '6'])).toEqual([...said, undefined]);
  const cache = await openAnswerCache(file);
  await cache.set('bare', { said: 'a', finish: 'stop' });
  await cache.close();
  expect(await held(file, ['bare'])).toEqual(['a']);
});

test('wherever the last line is cut, the others hold and writing goes on', async () => {
  const content = await readFile(await filled(['a', 'é']));
  const start = content.indexOf(10) + 1;
  for (let length = start; length <= content.length; length++) {
    const file = await newFile();
    await writeFile(file, content.subarray(0, length));
    const cache = await openAnswerCache(file);
    const whole = length >= content.length - 1;
    expect([cache.size, await cache.get('0')]).toEqual([whole ? 2 : 1, answer('a')]);
    await cache.set('1', answer('again'));
    await cache.close();
    expect(await held(file, ['0', '1'])).toEqual(['a', 'again']);
  }
});

test.each([
  ['somebody’s notes', 'Buy milk'],
  ['notes of lines', 'Buy milk\nand eggs\n'],
  ['feedback', '{"prompt":"a","response":"b","label":true}\n'],
  ['one endless line', 'x'.repeat(3e6)],
  ['an answer that is none', '{"key":"k","answer":{"said":1,"finish":"stop"}}\n'],
])('%s is refused and left as it is', async (_, content) => {
  const file = await newFile();
  await writeFile(file, content);
  await expect(openAnswerCache(file)).rejects.toThrow(/answers\.jsonl: line 1: is no answer\. Name another file/);
  expect(await readFile(file, 'utf8')).toBe(content);
});

test('damage inside of the file is named by its line', async () => {
  const file = await filled(['a', 'b']);
  await appendFile(file, 'Buy milk\n');
  await expect(openAnswerCache(file)).rejects.toThrow('line 3: is no answer');
});
