import { afterEach, expect, test, vi } from 'vitest';
import { type Job, setRanks } from '../ranks/ranks';
import { stopSignal } from './stop_signal';

afterEach(() => {
  setRanks();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s is heard once; the next one ends the process, as if nobody listened',
  (name) => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    const before = ['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal));
    const stop = stopSignal();
    expect(stop.signal.aborted).toBe(false);
    process.emit(name);
    expect(stop.signal.aborted).toBe(true);
    expect(['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal))).toEqual(before);
    expect(said.mock.calls).toEqual([['  Stopping after this step, which is then saved. Once more stops at once.']]);
  },
);

test('nobody listens after the end', () => {
  const before = process.listenerCount('SIGINT');
  const stop = stopSignal();
  expect(process.listenerCount('SIGINT')).toBe(before + 1);
  stop.end();
  expect(process.listenerCount('SIGINT')).toBe(before);
});

test.each([false, true])('of several ranks; SIGTERM is no wish where the job is ending: %s', (ending) => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.useFakeTimers();
  const job: Job = {
    ...{ said: '2 ranks', hosts: ['alpha', 'alpha'], threads: 1, start: 'mpirun -np 2', stand() {} },
    isEnding: () => ending,
  };
  setRanks({ rank: 1, size: 2, first: false, job });
  const listening = () => ['SIGINT', 'SIGTERM', 'SIGUSR2'].map((name) => process.listenerCount(name));
  const before = listening();
  const stop = stopSignal();
  process.emit('SIGTERM');
  vi.advanceTimersByTime(1000);
  expect(stop.signal.aborted).toBe(!ending);
  process.emit('SIGUSR2');
  expect(stop.signal.aborted).toBe(true);
  stop.end();
  expect(listening()).toEqual(before);
});
