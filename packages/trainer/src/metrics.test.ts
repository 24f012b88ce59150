import { expect, test } from 'vitest';
import { batchMetrics } from './metrics';

const row = { prompt: Int32Array.of(1), response: Int32Array.of(2) };

test('binary: rewards by class, and accuracy over all desirable-undesirable pairs, ties half', () => {
  const batch = {
    feedback: 'binary',
    examples: 4,
    rows: [row, row, row, row],
    desirable: [true, false, true, false],
  } as const;
  const numbers = {
    losses: Float64Array.of(1, 2, 3, 4),
    logps: Float64Array.of(-1, -2, -3, -4),
    rewards: Float64Array.of(0.5, 0.5, 0.1, -0.3),
    extra: { entropy: Float64Array.of(1, 1, 1, 3) },
  };
  const metrics = batchMetrics(batch, numbers);
  expect(metrics.loss).toBe(2.5);
  expect(metrics['logps/chosen']).toBe(-2);
  expect(metrics['rewards/chosen']).toBeCloseTo(0.3);
  expect(metrics['rewards/rejected']).toBeCloseTo(0.1);
  expect(metrics['rewards/margins']).toBeCloseTo(0.2);
  // Pairs: 0.5 : 0.5 ties, 0.5 : -0.3 wins, 0.1 : 0.5 loses, 0.1 : -0.3 wins.
  expect(metrics['rewards/accuracies']).toBe(2.5 / 4);
  expect(metrics.entropy).toBe(1.5);
});

test('preferences: each pair against its own other side', () => {
  const batch = { feedback: 'preferences', examples: 2, rows: [row, row, row, row] } as const;
  const rewards = Float64Array.of(0.2, -0.5, 0.1, 0.4);
  const numbers = { losses: Float64Array.of(1, 1), logps: Float64Array.of(-1, -2, -3, -5), rewards, extra: {} };
  const metrics = batchMetrics(batch, numbers);
  expect(metrics['rewards/accuracies']).toBe(0.5);
  expect(metrics['logps/rejected']).toBe(-4);
});

test('what a batch cannot tell is absent, not a number', () => {
  const batch = { feedback: 'binary', examples: 1, rows: [row], desirable: [true] } as const;
  const numbers = { losses: Float64Array.of(1), logps: Float64Array.of(-1), rewards: Float64Array.of(1), extra: {} };
  expect(Object.keys(batchMetrics(batch, numbers)).sort()).toEqual(['logps/chosen', 'loss', 'rewards/chosen']);
});
