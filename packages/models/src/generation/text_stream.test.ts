import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { textStream } from './text_stream';

/** Ids are bytes: tokens that part every character they can. */
const decode = (ids: readonly number[]) => new TextDecoder().decode(Uint8Array.from(ids));
const bytes = (text: string) => [...new TextEncoder().encode(text)];

/** Text of many kinds, and of few letters, so that stop strings come. */
const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: fc.constantFrom('a', 'b', '\n', '€', '😀'), maxLength: 30 }),
);
const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '€', '😀'), minLength: 1, maxLength: 4 }), {
  maxLength: 3,
});

function run(ids: readonly number[], stop: readonly string[]) {
  const stream = textStream(decode, stop);
  const pieces = ids.map((id) => stream.push(id));
  return { pieces, stoppedAt: pieces.length, text: pieces.join('') + stream.end(), stopped: stream.stopped };
}

/** The text up to the stop string that is complete first, and of those that are the one that begins first. */
function cut(text: string, stop: readonly string[]): string {
  for (let length = 1; length <= text.length; length++) {
    const found = stop.map((one) => text.slice(0, length).indexOf(one)).filter((at) => at >= 0);
    if (found.length > 0) return text.slice(0, Math.min(...found));
  }
  return text;
}

test('what comes, joined, is the whole text up to the first stop string', () => {
  fc.assert(
    fc.property(texts, stops, (text, stop) => {
      const { text: streamed, stopped } = run(bytes(text), stop);
      expect(streamed).toBe(cut(text, stop));
      expect(stopped).toBe(cut(text, stop) !== text);
    }),
    { numRuns: 2000, seed: 1 },
  );
});

test('nothing is given before it is certain', () => {
  const [euro] = ['€'].map(bytes) as [number[]];
  expect(run([97, ...euro, 98], []).pieces).toEqual(['a', '', '', '€', 'b']);
  expect(run(bytes('x<|user|>y'), ['<|user|>']).pieces.join('')).toBe('x');
  expect(run(bytes('x<|us.'), ['<|user|>']).pieces).toEqual(['x', '', '', '', '', '<|us.']);
  // The end gives back what only began like a stop string, and half a character as what it is.
  expect(run(bytes('x<|us'), ['<|user|>']).text).toBe('x<|us');
  expect(run([97, 0xe2, 0x82], []).text).toBe('a\ufffd');
});

test('a stop string is found by the token that completes it, and nothing follows', () => {
  const stream = textStream(decode, ['END', 'ND!']);
  expect(
    bytes('so EN')
      .map((id) => stream.push(id))
      .join(''),
  ).toBe('so ');
  expect(stream.stopped).toBe(false);
  expect(stream.push(68)).toBe('');
  expect(stream.stopped).toBe(true);
  expect(stream.push(97) + stream.end()).toBe('');
});

test('a token of several characters may hold more than a stop string', () => {
  const words = ['Hello', ' wor', 'ld. Us', 'er: hi'];
  const stream = textStream((ids) => ids.map((id) => words[id]).join(''), ['User:']);
  expect([0, 1, 2, 3].map((id) => stream.push(id))).toEqual(['Hello', ' wor', 'ld. ', '']);
  expect(stream.stopped).toBe(true);
});

test('a tokenizer that drops the space in front of the first word keeps those between words', () => {
  const words = [' one', ' two', ' three'];
  const stream = textStream((ids) =>
    ids
      .map((id) => words[id])
      .join('')
      .replace(/^ /, ''),
  );
  expect([0, 1, 2].map((id) => stream.push(id))).toEqual(['one', ' two', ' three']);
});

test('an empty stop string is refused', () => {
  expect(() => textStream(decode, ['a', ''])).toThrow('stop holds an empty text');
});
