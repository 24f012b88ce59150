import { expect, test } from 'vitest';
import { referenceHealth } from './reference_health';

/** What is said over steps whose mean log-ratios of mismatched rows are these. */
function said(means: readonly number[], beta = 0.1): string[] {
  const health = referenceHealth(beta);
  return means.flatMap((mean, i) => health(i + 1, { loss: 0.5, kl: Math.max(0, mean), 'kl/mean': mean }));
}

const times = (count: number, value: number) => new Array<number>(count).fill(value);

test('a reference point that stays at its floor is said once, on the twentieth step', () => {
  expect(said(times(19, -5))).toEqual([]);
  const lines = said(times(200, -5));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^Step 20: the reference point z0 has been at its floor of 0 for 20 steps: .*mean -5\.00 nats/,
  );
});

test('a policy that has hardly moved, or a point that is above 0 now and then, is healthy', () => {
  // A tenth of a reward is 1 nat where beta is 0.1.
  expect(said(times(200, -0.99))).toEqual([]);
  expect(said(times(200, -1.01))).toHaveLength(1);
  expect(said([...times(19, -5), 0.01, ...times(19, -5)])).toEqual([]);
});

test('a reference point that runs away is said once, in its reward’s scale', () => {
  expect(said([...times(2, 150), 50, ...times(2, 150)])).toEqual([]);
  expect(said(times(50, 99))).toEqual([]);
  const lines = said(times(50, 101));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^Step 3: the reference point z0 is 101 nats, 10\.1 times/);
  expect(said(times(50, 101), 0.01)).toEqual([]);
});

test('a loss without a clamped reference point has nothing said of it', () => {
  const health = referenceHealth(0.1);
  for (let step = 1; step < 50; step++) {
    expect(health(step, { loss: 1 })).toEqual([]);
    expect(health(step, { loss: 1, kl: 500 })).toEqual([]);
  }
});
