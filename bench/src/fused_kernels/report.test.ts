import { expect, test } from 'vitest';
import type { Results } from '../train_step/report';
import { pythia70m } from '../train_step/shape';
import { summarise } from '../train_step/summarise';
import { bestRate, betterRates } from './matmul_rate';
import { report } from './report';

const shape = { name: '70m', ...pythia70m, rows: 4, tokens: 256, microbatchRows: 2 };
const step = { seconds: 2, loss: 11 };
const profile = [{ kernel: 'BatchMatMul', op: 'Gemm', shapes: '4x8 8x2', runs: 2, milliseconds: 30 }];
const end = { peakBytes: 2.5e9, cpuSeconds: 10, profile };
const ours = { warmUp: [step, step, step], timed: [step], end, othersShare: 0 };
const results: Results = {
  bench: 'fused_kernels',
  date: '2026-01-01T00:00:00.000Z',
  backend: 'onnxruntime',
  threads: 2,
  machine: { cpu: 'A CPU', cores: 2, memoryBytes: 16e9, system: 'linux 6 x64', features: [] },
  versions: {},
  shapes: [{ shape, rounds: 1, steps: 1, summary: summarise(shape, [{ ours, peers: [] }], []) }],
};
const rates = [
  { size: 512, transposed: false, gigaflops: 200 },
  { size: 512, transposed: true, gigaflops: 100 },
];
const logpMemory = { vocabulary: 50_304, tokens: 4096, width: 512, residentBytes: 3e8, peakBytes: 5.5e8 };

test('the report has the share of the best MatMul, the profile, the rates, and the memory of log-probabilities', () => {
  const text = report(results, { matmul: rates, logpMemory });
  expect(text).toContain('4 x 256 = 1024 tokens a step, in microbatches of 512');
  // 284.12 GFLOP in 2 seconds.
  expect(text).toContain("Useful arithmetic: 142 GFLOP/s, 71.0 % of ONNX Runtime's best square MatMul, 200.");
  expect(text).toMatch(/Where a step of 70m goes.*\n\n.*\n.*\nBatchMatMul +Gemm +2 +30\.0 +100\.0 %/);
  expect(text).toMatch(/^512 x 512 +200 +100$/m);
  expect(text).toContain('log-probability memory: 250 MB above weights and inputs');
  expect(text).toContain('The gradients are 111 MB of it; all logits at once would be 824 MB.');
});

test('another backend is asked for no more than its steps', () => {
  expect(report(results)).not.toContain('MatMul,');
});

test('the better of two measurements counts, and the best of all kinds is the limit', () => {
  const again = rates.map((rate) => ({ ...rate, gigaflops: 150 }));
  expect(betterRates(rates, again).map(({ gigaflops }) => gigaflops)).toEqual([200, 150]);
  expect(bestRate(rates)).toBe(rates[0]);
  expect(() => bestRate([])).toThrow('no best');
});
