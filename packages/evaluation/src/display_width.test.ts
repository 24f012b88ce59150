import { expect, test } from 'vitest';
import { displayWidth } from './display_width';

test.each([
  ['', 0],
  ['plain text', 10],
  ['Zürich −1 ½ ─', 13],
  ['cafe\u0301', 4],
  ['Привет', 6],
  ['模型', 4],
  ['ひらがなー', 10],
  ['한국어', 6],
  ['\u1112\u1161\u11ab', 2],
  ['ＡＢ', 4],
  ['ｶﾅ', 2],
  ['，。「」', 8],
  ['👍', 2],
  ['👨‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['❤️', 2],
  ['❤', 1],
  ['1️⃣', 2],
  ['\u200b\u0007', 0],
])('%j takes %d', (text, width) => {
  expect(displayWidth(text)).toBe(width);
});
