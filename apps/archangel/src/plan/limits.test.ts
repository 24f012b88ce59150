import { expect, test, vi } from 'vitest';
import { setRanks } from '../ranks/ranks';
import { deviceMemory } from './device_memory';
import type { Forecast } from './forecast';
import { processMemory } from './free_memory';
import { limitsOf, tooSmall } from './limits';

const own = { room: 10e9, total: 16e9, resident: 0 };
const forecast = (peakBytes: number, deviceBytes?: number) =>
  ({ peakBytes, deviceBytes, estimate: { memory: { parts: { weights: 1e9 } } } }) as unknown as Forecast;
const card = { name: 'a card', kind: 'discrete', memoryBytes: 8e9 } as const;

test('a graphics processor has what the least of its driver and the maker’s program says is free', () => {
  expect(deviceMemory(card, 5e9, own)).toEqual({ name: 'a card', shared: false, total: 8e9, room: 5e9 });
  expect(deviceMemory(card, undefined, own)).toEqual({ name: 'a card', shared: false, total: 8e9, room: 8e9 });
  expect(deviceMemory(undefined, 5e9, own)).toMatchObject({ name: 'the graphics processor', room: 5e9 });
});

test('what nobody says is not known, and nothing is too large for it', () => {
  const unknown = deviceMemory({ name: 'a card', kind: 'discrete' }, undefined, own);
  expect(unknown).toEqual({ name: 'a card', shared: false });
  expect(tooSmall(limitsOf(own, unknown), forecast(1e9, 1e15))).toBeUndefined();
});

test.each(['integrated', 'software'] as const)('one that is %s takes from the process’s memory', (kind) => {
  const device = deviceMemory({ name: 'a chip', kind, memoryBytes: 99e9 }, undefined, own);
  const limits = limitsOf(own, device);
  // The gigabyte of weights is not there twice.
  expect(tooSmall(limits, forecast(4e9, 7e9))).toBeUndefined();
  expect(tooSmall(limits, forecast(4e9, 7e9 + 1))).toMatchObject({ of: 'a chip', room: 10e9, total: 16e9 });
});

test('one with memory of its own needs both', () => {
  const limits = limitsOf(own, deviceMemory(card, undefined, own));
  expect(tooSmall(limits, forecast(10e9, 8e9))).toBeUndefined();
  expect(tooSmall(limits, forecast(1, 8e9 + 1))?.of).toBe('a card');
  expect(tooSmall(limits, forecast(10e9 + 1, 1))).toMatchObject({ room: 10e9, total: 16e9 });
  expect(tooSmall(limits, forecast(10e9 + 1, 1))?.of).toBeUndefined();
});

test('ranks of one host share what is free there', () => {
  vi.spyOn(process, 'availableMemory').mockReturnValue(12e9);
  vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(1e9);
  const job = { hosts: ['alpha', 'beta', 'alpha', 'alpha'] } as unknown as NonNullable<
    Parameters<typeof setRanks>[0]
  >['job'];
  const roomOf = (rank: number) => {
    setRanks({ rank, size: 4, first: rank === 0, job });
    return processMemory().room;
  };
  try {
    expect([roomOf(0), roomOf(1)]).toEqual([5e9, 13e9]);
  } finally {
    setRanks();
    vi.restoreAllMocks();
  }
});
