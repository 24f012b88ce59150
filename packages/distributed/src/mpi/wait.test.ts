import { expect, test } from 'vitest';
import { until, within } from './wait';

test('until asks again and again, within its patience', async () => {
  let asked = 0;
  expect(await until(() => ++asked > 50, 60_000)).toBe(true);
  expect(await until(() => false, 5)).toBe(false);
});

test('within waits for work, hands on its failure, and gives up on it', async () => {
  expect(await within(Promise.resolve(), 60_000)).toBe(true);
  expect(await within(Promise.resolve(), Number.POSITIVE_INFINITY)).toBe(true);
  await expect(within(Promise.reject(new Error('broken')), 60_000)).rejects.toThrow('broken');
  expect(await within(new Promise(() => {}), 5)).toBe(false);
});
