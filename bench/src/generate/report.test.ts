import { expect, test } from 'vitest';
import { type Results, type Round, report, speedRatio, timesTheFloor } from './report';

const end = { peakBytes: 2e9, cpuSeconds: 1 };
const run = (seconds: number[], floorSeconds?: number) => ({
  warmUp: { seconds: 99, ids: [[1]] },
  timed: seconds.map((one) => ({ seconds: one, ids: [[1]] })),
  end: { ...end, ...(floorSeconds !== undefined && { floorSeconds }) },
  othersShare: 0,
});
// Medians 2 and 4 s against 6 and 8 s: three times and twice as long.
const rounds: Round[] = [
  { ours: run([1, 2, 3], 0.01), peers: [run([6, 6, 6])] },
  { ours: run([4, 4, 4], 0.02), peers: [run([7, 8, 9])] },
];
const results: Results = {
  date: 'today',
  backend: 'onnxruntime',
  threads: 2,
  machine: { cpu: 'cpu', cores: 2, memoryBytes: 8e9, system: 'linux', features: [] },
  versions: { node: '20' },
  shape: { name: '70m', layers: 6, width: 512, heads: 8, vocabulary: 50304, rows: 8, tokens: 32 },
  newTokens: 100,
  peers: ['PyTorch'],
  rounds,
};

test('the ratio is of the medians of each round', () => {
  expect(speedRatio(rounds, 0)).toEqual({ median: 2.5, low: 2, high: 3 });
});

test('a step is held against the floor of its own round', () => {
  // 2 s / 100 tokens / 10 ms and 4 s / 100 / 20 ms.
  expect(timesTheFloor(results)).toEqual({ floor: 0.01, times: { median: 2, low: 2, high: 2 } });
});

test('the report says rates, ratio and floor, and warns of a busy machine', () => {
  const text = report(results);
  // 8 rows x 100 tokens in 1 to 4 s; the six timed ones have the median 3.5 s, so 800 / 4 and 800 / 3 in the middle.
  expect(text).toContain('233 (200 to 800)');
  expect(text).toContain("PyTorch: 2.50 (2.00 to 3.00) times halokit's time, by round.");
  expect(text).toContain('A step is 2.00 (2.00 to 2.00) times what reading the weights once takes, 10.0 ms at best.');
  expect(text).not.toContain('quiet machine');
  const busy = rounds.map((round) => ({ ...round, ours: { ...round.ours, othersShare: 0.4 } }));
  expect(report({ ...results, rounds: busy })).toContain('40 % of the processor');
});
