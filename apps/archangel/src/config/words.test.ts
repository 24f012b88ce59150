import { expect, test } from 'vitest';
import { z } from 'zod';
import { wordsAndFlags } from './words';

const schema = z.strictObject({
  data: z.string().optional(),
  onePerPrompt: z.boolean().default(false),
  nothing: z.string().optional(),
});

test.each([
  ['a b', ['a', 'b'], []],
  ['--data x a', ['a'], ['--data', 'x']],
  ['a --data=x b', ['a', 'b'], ['--data=x']],
  ['--one-per-prompt a', ['a'], ['--one-per-prompt=true']],
  ['--one-per-prompt false a', ['a'], ['--one-per-prompt', 'false']],
  ['--no-one-per-prompt a', ['a'], ['--no-one-per-prompt']],
  ['--nothing x --data', [], ['--nothing', 'x', '--data']],
  ['--data --one-per-prompt', [], ['--data', '--one-per-prompt=true']],
])('%s', (line, words, flags) => {
  expect(wordsAndFlags(line.split(' '), schema)).toEqual({ words, flags });
});
