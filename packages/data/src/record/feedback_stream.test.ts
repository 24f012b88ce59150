import { expect, test } from 'vitest';
import { rowsOf } from '../../test/rows';
import type { Row } from '../row';
import { Tally } from '../tally';
import { streamFeedback } from './feedback_stream';

test('feedback comes as its row is read, and what was guessed is said first', async () => {
  const read: number[] = [];
  async function* rows(): AsyncGenerator<Row> {
    for (const row of rowsOf([0, 1, 2].map((i) => ({ question: `q${i}`, answer: 'a', thumb: i % 2 })))) {
      read.push(row.line);
      yield row;
    }
  }
  const notes: string[] = [];
  let seen = 0;
  for await (const { kind, example } of streamFeedback(rows(), new Tally(), { onNote: (note) => notes.push(note) })) {
    seen += 1;
    expect([kind, example.line, read.length, notes.length]).toEqual(['binary', seen, seen, 1]);
  }
  expect(seen).toBe(3);
});

test('scores and ranks come as they are stated', async () => {
  const all = async (values: unknown[]) => {
    const records = [];
    for await (const record of streamFeedback(rowsOf(values), new Tally())) records.push(record);
    return records;
  };
  expect(await all([{ prompt: 'a', response: 'x', score: '4' }])).toMatchObject([
    { kind: 'scores', example: { responses: ['x'], scores: [4] } },
  ]);
  expect(await all([{ prompt: 'a', responses: ['x', 'y'] }])).toMatchObject([
    { kind: 'ranks', example: { responses: ['x', 'y'], ranks: [1, 2] } },
  ]);
});

test('memory does not grow with the file', async () => {
  function* rows(): Generator<Row> {
    for (let line = 1; line <= 1000; line++) {
      // Two megabytes of characters of their own a row, two gigabytes in all.
      const response = `${line}`.padEnd(2 ** 20, `ж${line}`);
      yield { file: 'f.jsonl', line, value: { prompt: 'a', response, label: line % 2 } };
    }
  }
  const tally = new Tally();
  let most = 0;
  for await (const { example } of streamFeedback(rows(), tally)) {
    if (example.line % 100 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
  }
  expect(tally.counts().kept).toBe(1000);
  expect(most).toBeLessThan(1e9);
});

test('no rows are refused', async () => {
  await expect(streamFeedback([], new Tally()).next()).rejects.toThrow('holds no rows');
});
