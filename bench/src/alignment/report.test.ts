import { expect, test } from 'vitest';
import { cachedShare, outsideShare, peerRatio, type Results, type Round, report } from './report';

const end = { peakBytes: 2e9, cpuSeconds: 1 };
const steps = (seconds: number[], inEngine = 1) =>
  seconds.map((one) => ({ seconds: one, loss: 0.5, engineSeconds: inEngine * one }));
const run = (seconds: number[], cached: number[] = [], peakBytes = 2e9) => ({
  ...{ steps: steps(seconds, 0.9), cached: steps(cached, 0.8), end: { ...end, peakBytes }, othersShare: 0 },
});
const peer = (microbatchRows: number, seconds: number[], peakBytes: number) => ({
  microbatchRows,
  run: run(seconds, [], peakBytes),
});
// The first step of each run is not counted: 4 s against 24 and 20, then 5 against 20 and 30.
const rounds: Round[] = [
  { ours: run([99, 1, 3], [99, 1, 2]), peers: [peer(2, [1, 12, 12], 3e9), peer(8, [1, 10, 10], 8e9)] },
  { ours: run([99, 2, 3], [99, 2, 2]), peers: [peer(2, [1, 10, 10], 3e9), peer(8, [1, 15, 15], 8e9)] },
];
const results: Results = {
  date: 'today',
  threads: 2,
  machine: { cpu: 'cpu', cores: 2, memoryBytes: 8e9, system: 'linux', features: [] },
  versions: { node: '20' },
  measured: [
    {
      ...{ method: 'kto', rounds, tokens: [1, 100, 300], epoch: { passes: 40, shapes: 12, padding: 0.0812 } },
      size: { name: '70m', layers: 6, width: 512, heads: 8, vocabulary: 50304 },
    },
  ],
  scaled: [
    { answers: 32, tokens: 1000, seconds: 1 },
    { answers: 64, tokens: 2000, seconds: 2.1 },
  ],
};

test('the peer is taken at its fastest, round by round, and without the first step', () => {
  expect(peerRatio(rounds)).toEqual({ ratio: { median: 4.5, low: 4, high: 5 }, fastest: [8, 2] });
  expect(peerRatio([{ ours: run([1, 1]), peers: [] }])).toBeUndefined();
});

test('steps whose reference is known, as a share of the same steps', () => {
  // 3 of 4 and 4 of 5 seconds.
  expect(cachedShare(rounds)).toEqual({ median: 0.775, low: 0.75, high: 0.8 });
});

test('what is outside of the engine is what is left of the timed steps', () => {
  // A tenth of 4 + 5 and a fifth of 3 + 4 seconds.
  expect(outsideShare(rounds.map(({ ours }) => ours))).toBeCloseTo((0.9 + 1.4) / 16, 10);
});

test('the report says times, ratio, memory, padding and how the time grows', () => {
  const text = report(results);
  expect(text).toContain('KTO on 70m: steps of 200 tokens on average');
  expect(text).toContain("PyTorch at its fastest (8, 2 rows at once): 4.50 (4.00 to 5.00) times halokit's time");
  expect(text).toContain("Memory: 0.250 of PyTorch's with 8 rows at once.");
  expect(text).toContain("Of the epoch's computed tokens 8.1 % are padding; its 40 training passes have 12 sizes.");
  expect(text).toContain('Outside of the engine, recording included: 14.4 % of a step.');
  expect(text).toMatch(/64 +2,000 +2\.10 +1,050/);
  expect(text).not.toContain('quiet machine');
});
