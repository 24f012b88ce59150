import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { slow } from './docs_left_out';
import { runInPlace } from './docs_place';
import { commandLine, wordsOfApp } from './docs_words';

test.each(slow)('%s', async (line) => {
  const command = commandLine(line, '.');
  const said = wordsOfApp(command)
    ? await runInPlace(line)
    : execFileSync(command.program, command.args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  expect(said).not.toBe('');
});
