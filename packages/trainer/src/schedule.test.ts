import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { warmupConstant, warmupCosine, warmupFromTenth, warmupLinear } from './schedule';

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

test('linear: up by thirds over 2 steps, and down by quarters to the end', () => {
  const rates = [...Array(6).keys()].map((step) => warmupLinear(2)(step, 6));
  expect(rates).toEqual([1 / 3, 2 / 3, 1, 3 / 4, 2 / 4, 1 / 4]);
});
