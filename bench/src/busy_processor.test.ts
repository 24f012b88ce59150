import { expect, test } from 'vitest';
import { watchProcessor } from './busy_processor';

test('what is not idle and not our own is the others, as a share of all cores', () => {
  const core = (user: number, sys: number, idle: number) => ({ times: { user, nice: 0, sys, idle, irq: 0 } });
  const readings = [
    [core(1000, 0, 5000), core(0, 0, 6000)],
    [core(9000, 1000, 6000), core(4000, 1000, 11_000)],
  ];
  // 20 core seconds, of which 14 were busy, 9 by ourselves.
  const watch = watchProcessor(() => readings.shift() ?? []);
  expect(watch.others(9)).toBeCloseTo(5 / 20);
});

test('clocks that disagree a little are no negative share', () => {
  const core = { times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } };
  const readings = [[core], [{ times: { ...core.times, user: 1000 } }]];
  expect(watchProcessor(() => readings.shift() ?? []).others(1.01)).toBe(0);
  expect(watchProcessor(() => [core]).others(0)).toBe(0);
});
