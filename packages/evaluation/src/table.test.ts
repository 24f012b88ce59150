import { expect, test } from 'vitest';
import { table } from './table';

test('columns are aligned, the first to the left', () => {
  expect(
    table(
      ['model', 'win rate'],
      [
        ['KTO', '61 %'],
        ['a longer one', ''],
      ],
    ),
  ).toBe(['model          win rate', '────────────   ────────', 'KTO                61 %', 'a longer one'].join('\n'));
});
