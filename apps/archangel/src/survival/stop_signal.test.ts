import { afterEach, expect, test, vi } from 'vitest';
import { stopSignal } from './stop_signal';

afterEach(() => {
  vi.restoreAllMocks();
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
