import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { counting, progress, sayBeside } from './progress';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function plain() {
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  return { written, stream };
}

test('without a terminal: plain lines, at most one in ten seconds, with the time left', () => {
  const { written, stream } = plain();
  const bar = progress('KTO', 100, stream);
  vi.advanceTimersByTime(5_000);
  bar.update(5);
  vi.advanceTimersByTime(6_000);
  bar.update(10, 'loss 0.5');
  vi.advanceTimersByTime(1_000);
  bar.update(11);
  vi.advanceTimersByTime(108_000);
  bar.end('loss 0.4');
  expect(written).toEqual(['  KTO: 10/100, 1 min 39 s left, loss 0.5\n', '  KTO: 100/100 in 2 min 0 s, loss 0.4\n']);
});

test('what was done before tells nothing of the time that is left', () => {
  const { written, stream } = plain();
  const bar = progress('KTO', 100, stream, 80);
  vi.advanceTimersByTime(20_000);
  bar.update(90);
  expect(written).toEqual(['  KTO: 90/100, 20 s left\n']);
});

test('where no end is known, only how far it is', () => {
  const { written, stream } = plain();
  const count = counting('tokenizing', stream);
  vi.advanceTimersByTime(11_000);
  count(1234);
  count(1235);
  expect(written).toEqual(['  tokenizing: 1,234 so far\n']);
});

test('what is said beside a bar stands on a line of its own; without a bar nothing is cleared', () => {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  const stream = { isTTY: true, columns: 80, write, cursorTo() {}, clearLine() {} } as unknown as NodeJS.WriteStream;
  const said = vi.spyOn(console, 'log').mockImplementation((text: string) => written.push(text));
  const bar = progress('KTO', 100, stream);
  written.length = 0;
  sayBeside('a word');
  expect(written).toEqual(['\r\u001b[K', 'a word']);
  bar.stop();
  written.length = 0;
  sayBeside('another');
  expect(written).toEqual(['another']);
  said.mockRestore();
});
