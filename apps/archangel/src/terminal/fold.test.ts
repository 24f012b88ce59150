import { expect, test } from 'vitest';
import { columnsOf, fold } from './fold';

test('a long line goes on below its last column', () => {
  expect(fold('  ✓ reward  depends on the log-ratio alone\nshort', 30)).toBe(
    ['  ✓ reward  depends on the', '            log-ratio alone', 'short'].join('\n'),
  );
  expect(fold('    a sentence that is indented', 20)).toBe(['    a sentence that', '    is indented'].join('\n'));
  expect(fold('a sentence that is not', 12)).toBe(['a sentence', 'that is not'].join('\n'));
});

test('a word longer than the line stands alone', () => {
  expect(fold('see incomprehensibilities now', 10)).toBe(['see', 'incomprehensibilities', 'now'].join('\n'));
});

test('columns are the terminal’s, within reason', () => {
  expect([{ columns: 80 }, { columns: 300 }, { columns: 10 }, {}].map(columnsOf)).toEqual([80, 100, 60, 100]);
});
