import { expect, test } from 'vitest';
import { recentValues } from './recent_values';

test('what is used stays, what is not goes, and never more than so many', () => {
  const values = recentValues<number>(10);
  values.set('often', 1);
  for (let i = 0; i < 100; i++) {
    values.set(`once ${i}`, i);
    expect(values.get('often')).toBe(1);
  }
  const left = Array.from({ length: 100 }, (_, i) => values.get(`once ${i}`)).filter((value) => value !== undefined);
  expect(left.length).toBeLessThan(10);
  expect(values.get('once 99')).toBe(99);
});
