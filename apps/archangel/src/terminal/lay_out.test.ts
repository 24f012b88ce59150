import { expect, test } from 'vitest';
import { layOut } from './lay_out';

test('lines are broken between words, across pieces, and indented', () => {
  const text = layOut([{ text: 'one two three ' }, { text: 'four five\n\nsix' }], '  ', 12);
  expect(text).toBe('  one two\n  three four\n  five\n\n  six');
});

test('a word longer than a line is cut', () => {
  expect(layOut([{ text: 'abcdefghij' }], ' ', 5)).toBe(' abcd\n efgh\n ij');
});

test('colours begin and end on every line', () => {
  const text = layOut([{ text: 'one two', sgr: '2' }, { text: ' x' }], '', 5);
  expect(text).toBe('\u001b[2mone\u001b[0m\n\u001b[2mtwo\u001b[0m x');
});

test('what somebody wrote moves no cursor', () => {
  expect(layOut([{ text: 'a\u001b[2Jb\r\nc\u009bd\u0007' }], '', 40)).toBe('a␛[2Jb\nc\ufffdd␇');
});
