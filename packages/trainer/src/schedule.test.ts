import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { warmupConstant, warmupCosine, warmupFromTenth } from './schedule';

const oracle = JSON.parse(readFileSync(new URL('../fixtures/schedules.json', import.meta.url), 'utf8'));

test.each([
  ['legacy', warmupConstant],
  ['halos_main', warmupFromTenth],
  ['halos_main_sft', warmupCosine],
] as const)('%s', (rule, schedule) => {
  const rates = (oracle[rule].lr as number[]).map(
    (_, step) => oracle.base_lr * schedule(oracle.warmup_steps)(step, oracle.total_steps),
  );
  rates.forEach((rate, step) => {
    expect(rate).toBeCloseTo(oracle[rule].lr[step], 15);
  });
});

test('without warm-up the full rate is used from the first step', () => {
  expect(warmupConstant(0)(0, 10)).toBe(1);
  expect(warmupFromTenth(0)(0, 10)).toBe(1);
});
