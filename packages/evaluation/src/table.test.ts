import { expect, test } from 'vitest';
import { displayWidth } from './display_width';
import { table } from './table';

const lines = (...parts: string[]) => parts.join('\n');

test('columns are aligned, the first to the left', () => {
  const rows = [
    ['KTO', '61 %'],
    ['a longer one', ''],
  ];
  expect(table(['model', 'win rate'], rows)).toBe(
    lines('model          win rate', '────────────   ────────', 'KTO                61 %', 'a longer one'),
  );
});

test('alignments may be chosen, and missing cells are empty', () => {
  const rows = [['1', 'x', 'yes'], ['20']];
  expect(table(['step', 'what', 'kept'], rows, ['right', 'left'])).toBe(
    lines('step   what   kept', '────   ────   ────', '   1   x       yes', '  20'),
  );
});

test('columns are as wide as they look', () => {
  const rows = [
    ['模型', '1'],
    ['ｶﾅ', '2'],
    ['cafe\u0301', '3'],
    ['👨‍👩‍👧', '4'],
    ['a\u001bb\nc', '5'],
  ];
  const shown = table(['name', 'n'], rows).split('\n');
  expect(shown[2]).toBe('模型    1');
  expect(shown[6]).toBe('a b c   5');
  expect(new Set(shown.map(displayWidth))).toEqual(new Set([9]));
});

test('without rows there is the header, and a cell without a title is refused', () => {
  expect(table(['a', 'bc'], [])).toBe(lines('a   bc', '─   ──'));
  expect(() => table(['a'], [['x'], ['y', 'z']])).toThrow('Row 1 has 2 cells under 1 titles.');
});
