import { expect, test } from 'vitest';
import { shortAnswer } from './short_answer';
import { stepNote } from './step_note';

test('a step’s words: what its loss has, and no more', () => {
  const metrics = { loss: 0.48213, 'rewards/margins': -0.2, kl: 1.306, tokens_per_second: 812.4, grad_norm: 3 };
  expect(stepNote(metrics)).toBe('loss 0.482, margin -0.200, KL 1.31, 812 tokens/s');
  expect(stepNote({ loss: 2 })).toBe('loss 2.000');
});

test('an answer in one line of the terminal, which it cannot command', () => {
  const answer = (response: string) => [{ prompt: '', response, finished: true }];
  expect(shortAnswer(20, answer(' Sure!\n\nUse it. '), 40)).toBe('  step 20: "Sure! Use it."');
  expect(shortAnswer(20, answer('\u001b[2Jhello'), 40)).toBe('  step 20: "␛[2Jhello"');
  const long = shortAnswer(3, answer('word '.repeat(40)), 40) as string;
  expect(long).toHaveLength(40);
  expect(long.endsWith('…"')).toBe(true);
  expect(shortAnswer(3, [], 40)).toBeUndefined();
});
