import { expect, test } from 'vitest';
import type { Feedback } from '../feedback';
import { requireBothClasses, toBinary, toDemonstrations, toPreferences } from './binarise';

const origin = { source: 'f.jsonl', line: 1 };
const prompt = [{ role: 'user', content: 'Hi' }] as const;
const pairs: Feedback = { kind: 'preferences', examples: [{ prompt, chosen: 'a', rejected: 'b', ...origin }] };
const thumbs: Feedback = {
  kind: 'binary',
  examples: [
    { prompt, response: 'a', desirable: true, ...origin },
    { prompt, response: 'b', desirable: false, ...origin },
  ],
};

test('a pair is one desirable and one undesirable example', () => {
  expect(toBinary(pairs)).toEqual(thumbs.examples);
  expect(toBinary(thumbs)).toBe(thumbs.examples);
});

test('what is worth imitating', () => {
  const good = [{ prompt, response: 'a', ...origin }];
  expect(toDemonstrations(pairs)).toEqual(good);
  expect(toDemonstrations(thumbs)).toEqual(good);
});

test('what is only better than another is not', () => {
  const set = { prompt, set: 'oasst', ...origin };
  const examples = [
    { ...set, chosen: 'best', rejected: 'good', margin: 1 },
    { ...set, chosen: 'good', rejected: 'bad', sftTarget: false },
  ] as const;
  const targets = [{ ...set, response: 'best' }];
  expect(toDemonstrations({ kind: 'preferences', examples })).toEqual(targets);
  expect(toDemonstrations({ kind: 'binary', examples: toBinary({ kind: 'preferences', examples }) })).toEqual(targets);
});

test('thumbs are not pairs', () => {
  expect(toPreferences(pairs)).toBe(pairs.examples);
  expect(() => toPreferences(thumbs)).toThrow('f.jsonl: holds single responses');
});

test('one class only is refused', () => {
  requireBothClasses(toBinary(pairs));
  expect(() => requireBothClasses(toBinary(pairs).slice(0, 1))).toThrow('all 1 examples are desirable');
  expect(() => requireBothClasses(toBinary(pairs).slice(1))).toThrow('all 1 examples are undesirable');
  expect(() => requireBothClasses([])).toThrow('There are no examples');
});
