import { expect, test } from 'vitest';
import { duration } from './duration';

test.each([
  [8.4, '8 s'],
  [200, '3 min 20 s'],
  [2 * 3600 + 300, '2 h 5 min'],
  [99 * 3600, '4 days 3 h'],
  [729 * 86400, '729 days 0 h'],
  [2.5 * 365.25 * 86400, '2.5 years'],
])('%d seconds are %s', (seconds, said) => {
  expect(duration(seconds)).toBe(said);
});
