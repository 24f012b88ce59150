import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelTexts } from '../label/label_texts';
import { functionScorer } from '../label/scorer';
import { Tally } from '../tally';
import { openLabelCache } from './label_cache';

const newFile = async () => join(await mkdtemp(join(tmpdir(), 'labels-')), 'scores.jsonl');

async function filled(texts: readonly string[]): Promise<string> {
  const file = await newFile();
  const cache = await openLabelCache(file);
  for (const [i, text] of texts.entries()) await cache.set('s', text, i);
  await cache.close();
  return file;
}

async function held(file: string, texts: readonly string[]) {
  const cache = await openLabelCache(file);
  const scores = await Promise.all(texts.map((text) => cache.get('s', text)));
  await cache.close();
  return scores;
}

test('scores are there again after closing, by scorer and text, and texts are not in the file', async () => {
  const texts = ['secret', '', 'é', 'e\u0301', '\ud83d', '\ud83e', 'x'.repeat(1e6), 'a\nb'];
  const file = await filled(texts);
  expect(await held(file, texts)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const content = await readFile(file, 'utf8');
  expect(content).not.toContain('secret');
  expect(content.split('\n').length).toBe(9);
  const cache = await openLabelCache(file);
  expect([cache.size, cache.get('other', 'secret'), cache.get('s', 'new')]).toEqual([8, undefined, undefined]);
  await cache.close();
});

test('wherever the last line is cut, the others hold and writing goes on', async () => {
  const texts = ['a', 'b', 'c'];
  const content = await readFile(await filled(texts));
  const second = content.indexOf(10) + 1;
  for (let length = second; length <= content.length; length++) {
    const file = await newFile();
    await writeFile(file, content.subarray(0, length));
    const cache = await openLabelCache(file);
    for (const [i, text] of texts.entries()) if (cache.get('s', text) === undefined) await cache.set('s', text, i);
    await cache.close();
    expect(await held(file, texts)).toEqual([0, 1, 2]);
    expect(await readFile(file, 'utf8')).toBe(content.toString());
  }
});

test('scores set at once are all whole', async () => {
  const file = await newFile();
  const cache = await openLabelCache(file);
  await Promise.all(Array.from({ length: 500 }, (_, i) => cache.set('s', `${i}`, i)));
  await cache.close();
  expect(await held(file, ['0', '250', '499'])).toEqual([0, 250, 499]);
});

test.each([
  ['somebody’s notes', 'Buy milk'],
  ['notes of lines', 'Buy milk\nand eggs\n'],
  ['feedback', '{"prompt":"a","response":"b","label":true}\n'],
  ['one endless line', 'x'.repeat(3e6)],
  ['a score that is none', '{"scorer":"s","text":"t","score":null}\n'],
])('%s is refused and left as it is', async (_, content) => {
  const file = await newFile();
  await writeFile(file, content);
  await expect(openLabelCache(file)).rejects.toThrow(/scores\.jsonl: .*Name another file/);
  expect(await readFile(file, 'utf8')).toBe(content);
});

test('damage inside of the file is named by its line', async () => {
  const file = await filled(['a', 'b']);
  await appendFile(file, '{"scorer":\n');
  await expect(openLabelCache(file)).rejects.toThrow('scores.jsonl: line 3: is no score');
});

test('a folder that is not there is the system’s error', async () => {
  await expect(openLabelCache('/no/such/scores.jsonl')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a run that was stopped goes on without asking twice', async () => {
  const file = await newFile();
  const asked: string[] = [];
  const scorer = functionScorer('length', async (text) => {
    asked.push(text);
    return text.length;
  });
  const examples = Array.from({ length: 60 }, (_, i) => ({ response: 'x'.repeat(i) }));
  const rule = { desirable: 'low', threshold: 'mean', concurrency: 4 } as const;
  const stop = new AbortController();
  const first = await openLabelCache(file);
  const onProgress = ({ done }: { done: number }) => done === 20 && stop.abort(new Error('stopped'));
  const run = labelTexts(examples, scorer, { ...rule, cache: first, signal: stop.signal, onProgress }, new Tally());
  await expect(run).rejects.toThrow('stopped');
  await first.close();
  const before = asked.length;
  const second = await openLabelCache(file);
  const known = second.size;
  expect(known).toBeGreaterThanOrEqual(20);
  const { scores } = await labelTexts(examples, scorer, { ...rule, cache: second }, new Tally());
  await second.close();
  expect(scores).toEqual(examples.map(({ response }) => response.length));
  // What was under way when the run stopped may have been asked for without an answer that was kept.
  expect(asked.length - before).toBe(60 - known);
  expect(new Set(asked).size).toBe(60);
  expect(asked.length).toBeLessThanOrEqual(64);
});

test('any bytes give a cache or an InputError', async () => {
  const piece = fc.constantFrom(
    '{"scorer":',
    '"s","text":"t","score":1}',
    '\n',
    '{',
    'é',
    '\u0000',
    '{"scorer":"s","text":"t","score":2}',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
      const file = await newFile();
      await writeFile(file, pieces.join(''));
      try {
        const cache = await openLabelCache(file);
        await cache.set('s', 'new', 3);
        await cache.close();
        expect(await held(file, ['new'])).toEqual([3]);
      } catch (error) {
        expect((error as Error).name).toBe('InputError');
        expect(await readFile(file, 'utf8')).toBe(pieces.join(''));
      }
    }),
  );
});
