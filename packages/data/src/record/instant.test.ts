import { expect, test } from 'vitest';
import { instantOf } from './instant';

const noon = Date.UTC(2025, 5, 30, 12);

test.each([
  ['2025-06-30T12:00:00Z', noon],
  ['2025-06-30T14:00:00+02:00', noon],
  ['2025-06-30T14:00:00+0200', noon],
  ['2025-06-30 12:00', noon],
  ['2025-06-30T12:00:00.250', noon + 250],
  ['2025-06-30T12:00:00.250123456z', noon + 250],
  ['2025-06-30', Date.UTC(2025, 5, 30)],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  [noon / 1000, noon],
  [noon, noon],
  [String(noon), noon],
  [BigInt(noon), noon],
  [new Date(noon), noon],
  [0, 0],
])('%s is a time', (value, time) => {
  expect(instantOf(value)).toBe(time);
});

test.each([
  ['30 June 2025'],
  ['2025-02-29'],
  ['2025-02-30T00:00:00Z'],
  ['2025-13-01'],
  ['2025-06-30T25:00'],
  ['2025-06-30T12:61'],
  ['yesterday'],
  [''],
  [-1],
  [1e15],
  [Number.NaN],
  [new Date('x')],
  [null],
  [true],
  [{}],
  ['9'.repeat(1e6)],
])('%s is none', (value) => {
  expect(instantOf(value)).toBeUndefined();
});

test('a time without a zone is the same everywhere', () => {
  const zone = process.env.TZ;
  process.env.TZ = 'America/New_York';
  expect(instantOf('2025-06-30T12:00')).toBe(noon);
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});
