import { expect, test } from 'vitest';
import { checkSameLosses } from './same_losses';

const steps = (...losses: number[]) => losses.map((loss) => ({ loss, seconds: 1 }));

test('rounding is no difference', () => {
  expect(() => checkSameLosses(steps(11, 10.9, 10.8), steps(11.001, 10.9, 10.8))).not.toThrow();
});

test.each([
  ['a loss that differs', steps(11, 10.9, 10.8), steps(11, 10.9, 10.82)],
  ['not a number', steps(11, 10.9, Number.NaN), steps(11, 10.9, 10.8)],
  ['a step that is missing', steps(11, 10.9, 10.8), steps(11, 10.9)],
])('%s is refused', (_, ours, peers) => {
  expect(() => checkSameLosses(ours, peers)).toThrow('Not the same computation: the loss of step 3');
});
