import { expect, test, vi } from 'vitest';
import { Stopwatch } from '../record/stopwatch';
import type { Forecast } from './forecast';
import { measured } from './outcome';

test('what is done beside the steps is no time of theirs', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  const aside = new Stopwatch();
  // As SFT's answers, before.
  await aside.time(async () => vi.advanceTimersByTime(50_000));
  const planned = { peakBytes: 1e9, steps: 10, seconds: { likely: 20, low: 10, high: 30 } } as Forecast;
  const memory = { stop: () => 2e9 };
  const steps = async () => {
    vi.advanceTimersByTime(10_000);
    await aside.time(async () => vi.advanceTimersByTime(70_000));
  };
  const outcome = await measured(planned, memory as never, steps, aside);
  expect(outcome?.memory.ratio).toBe(2);
  expect(outcome?.secondsPerStep).toEqual({ forecast: 2, measured: 1, ratio: 0.5 });
  expect(said.mock.calls.flat().join()).toContain('10 s in all');
  vi.useRealTimers();
  vi.restoreAllMocks();
});
