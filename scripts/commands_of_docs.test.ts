import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { leftOut } from './docs_left_out';
import { quick, stale, walk } from './docs_lines';
import { emptyFolder, runIn, runInPlace } from './docs_place';
import { commandLine } from './docs_words';

test.each([
  [`A=b archangel x '{"y": 1}' "z's"`, { env: { A: 'b' }, program: 'archangel', args: ['x', '{"y": 1}', "z's"] }],
  [`echo 'a b' | archangel chat m`, { program: 'archangel', args: ['chat', 'm'], input: 'a b\n' }],
  ['archangel data docs/walk*.md n*w', { args: ['data', 'docs/walk-through.md', 'n*w'], input: '' }],
])('%s is taken apart as a shell does', (line, command) => {
  expect(commandLine(line, '.')).toMatchObject(command);
});

test('what is listed as not run here is in a document, is listed once, and has a reason', () => {
  expect(stale()).toEqual([]);
  expect(leftOut.every(({ why }) => why.length > 20)).toBe(true);
});

describe('every other command of a document runs', () => {
  test.each(quick)('%s', async (line) => {
    await runInPlace(line);
  });
});

describe('the walk-through, from its first step to its last', () => {
  const folder = emptyFolder();
  test.each(walk.map((step) => [step.kind === 'file' ? step.name : step.line, step] as const))(
    '%s',
    async (_, step) => {
      if (step.kind === 'file') writeFileSync(join(folder, step.name), step.text);
      else await runIn(folder, step.line);
    },
  );
});
