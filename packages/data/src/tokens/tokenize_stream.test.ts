import { expect, test } from 'vitest';
import type { Binary, Preference } from '../feedback';
import { Tally } from '../tally';
import { tulu } from './chat_format';
import { archangelControlTokens as controlTokens } from './control_tokens';
import { tokenizeBinary, tokenizeDemonstrations, tokenizePreferences } from './tokenize';
import { tokenizeBinaryStream, tokenizeDemonstrationsStream, tokenizePreferencesStream } from './tokenize_stream';
import { createTokenizer } from './tokenizer';
import { trainTokenizer } from './train_tokenizer';

const tokenizer = createTokenizer(trainTokenizer(['the cat sat'], 280, ['<|endoftext|>', '<|good|>', '<|bad|>']));
const options = { tokenizer, format: tulu, maxLength: 60, maxPromptLength: 50, longPrompts: 'drop' } as const;

const thumb = (content: string, desirable: boolean, line: number): Binary => ({
  ...{ prompt: [{ role: 'user', content }], response: `${line}`, desirable },
  ...{ source: 'f.jsonl', line },
});
const thumbs = ['a', 'a', 'b', 'x'.repeat(90), 'a', 'a'].map((content, i) => thumb(content, i % 2 === 0, i));
const pairs: Preference[] = thumbs.map(({ prompt, line }) => ({
  ...{ prompt, chosen: 'sat', rejected: line === 2 ? '' : 'on', margin: line },
  ...{ source: 'f.jsonl', line },
}));

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of stream) all.push(item);
  return all;
}

async function* later<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

test('gives what the whole gives, with the same counts', async () => {
  const [whole, stream] = [new Tally(), new Tally()];
  expect([
    await collect(tokenizeBinaryStream(later(thumbs), { ...options, controlTokens }, stream)),
    await collect(tokenizePreferencesStream(pairs, options, stream)),
    await collect(tokenizeDemonstrationsStream(later(thumbs), options, stream)),
  ]).toEqual([
    tokenizeBinary(thumbs, { ...options, controlTokens }, whole),
    tokenizePreferences(pairs, options, whole),
    tokenizeDemonstrations(thumbs, options, whole),
  ]);
  expect(stream.counts()).toEqual(whole.counts());
  expect(Object.values(stream.counts().dropped)).toEqual([3, 1]);
});

test('examples that follow each other share their prompt, once with each control token', async () => {
  const [a, , b, , c] = await collect(tokenizeBinaryStream([...thumbs.slice(0, 3), ...thumbs], options, new Tally()));
  expect(a?.prompt).not.toBe(c?.prompt);
  const prompts = (rows: readonly { prompt: Int32Array }[]) => new Set(rows.map(({ prompt }) => prompt)).size;
  const same = [0, 1, 2, 3].map((line) => thumb('a', line % 2 === 0, line));
  expect(prompts(await collect(tokenizeBinaryStream(same, options, new Tally())))).toBe(1);
  expect(prompts(await collect(tokenizeBinaryStream(same, { ...options, controlTokens }, new Tally())))).toBe(2);
  expect(b?.prompt).not.toBe(a?.prompt);
});

test('reads no further than it is asked to', async () => {
  let read = 0;
  function* endless() {
    for (;;) yield thumb(`${read}`, true, read++);
  }
  const stream = tokenizeBinaryStream(endless(), options, new Tally());
  await stream.next();
  await stream.next();
  expect(read).toBe(2);
  await stream.return(undefined);
});

test('an error has its place, and limits that leave no room are refused at once', async () => {
  const stream = tokenizeBinaryStream(later(thumbs), { ...options, longPrompts: 'error' }, new Tally());
  await expect(collect(stream)).rejects.toThrow("f.jsonl: line 3: the prompt's last turn alone is longer than");
  expect(() => tokenizeDemonstrationsStream(thumbs, { ...options, maxLength: 50 }, new Tally())).toThrow(
    'maxPromptLength (50) leaves no room for a response in maxLength (50): lower it.',
  );
});
