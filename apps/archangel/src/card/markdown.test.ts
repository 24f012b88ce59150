import { expect, test } from 'vitest';
import { code, fenced, plain, tableOf } from './markdown';

test.each([
  ['plain', '`plain`'],
  ['a`b', '``a`b``'],
  ['`', '`` ` ``'],
  ['``x', '``` ``x ```'],
  ['two\n lines', '`two lines`'],
  ['\u001b[2J', '`␛[2J`'],
  ['', '` `'],
])('%j as code is %j', (text, expected) => {
  expect(code(text)).toBe(expected);
});

test.each([
  ['a_b*c', 'a\\_b\\*c'],
  ['<b>&', '&lt;b\\>&amp;'],
  ['[x](y) | `z` # \\', '\\[x\\](y) \\| \\`z\\` \\# \\\\'],
  ['two\n\n# lines', 'two \\# lines'],
])('%j in a sentence is %j', (text, expected) => {
  expect(plain(text)).toBe(expected);
});

test('no line of a block ends it', () => {
  expect(fenced('a\n', 'yaml')).toBe('```yaml\na\n```');
  expect(fenced('a: |\n  ```\n  b', 'yaml')).toBe('````yaml\na: |\n  ```\n  b\n````');
});

test('a bar in a cell is no border, once', () => {
  expect(tableOf(['a', 'b'], [[code('x|y'), plain('x|y')]])).toBe('| a | b |\n|---|---|\n| `x\\|y` | x\\|y |');
});
