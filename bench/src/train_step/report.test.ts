import { expect, test } from 'vitest';
import type { Round } from './measure_shape';
import { type Results, report } from './report';
import { pythia70m, type Shape } from './shape';
import { summarise } from './summarise';

const shape: Shape = { name: '70m', ...pythia70m, rows: 4, tokens: 256 };

function run(times: readonly number[], recordSeconds?: number) {
  const step = (seconds: number) => ({ seconds, loss: 11, ...(recordSeconds !== undefined && { recordSeconds }) });
  return {
    warmUp: [step(3), step(2), step(2)],
    timed: times.map(step),
    end: { peakBytes: 2.5e9, cpuSeconds: 10 },
    othersShare: 0.01,
  };
}

const rounds: Round[] = [
  { ours: run([1, 1, 1.2], 0.1), peers: [run([2, 2, 2])] },
  { ours: run([1, 0.9, 1], 0.1), peers: [run([3, 2.2, 2.2])] },
];

function results(measured: readonly Round[]): Results {
  return {
    bench: 'native_engine',
    date: '2026-01-01T00:00:00.000Z',
    backend: 'onnxruntime',
    threads: 2,
    machine: { cpu: 'A CPU', cores: 2, memoryBytes: 16e9, system: 'linux 6 x64', features: ['avx2', 'avx_vnni'] },
    versions: { node: '20.19.0', torch: '1.13.0' },
    shapes: [
      {
        shape,
        rounds: 2,
        steps: 3,
        summary: summarise(shape, measured, measured[0]?.peers.map(() => 'PyTorch') ?? []),
      },
    ],
  };
}

test('medians, rates and ratios come from the timed steps', () => {
  const { ours, peers, recording } = summarise(shape, rounds, ['PyTorch']);
  const [peer] = peers;
  const ratio = peer?.ratio;
  expect(ours.secondsPerStep).toEqual({ median: 1, low: 0.9, high: 1.2 });
  expect(ours.tokensPerSecond).toBe(1024);
  expect(ours.gigaflops).toBeCloseTo(284.12, 1);
  expect(peer?.secondsPerStep.median).toBeCloseTo(2.1);
  expect(ratio?.low).toBeCloseTo(2);
  expect(ratio?.median).toBeCloseTo(2.1);
  expect(ratio?.high).toBeCloseTo(2.2);
  expect(recording.share).toBeCloseTo(0.1);
  expect(recording.firstStepExtra.median).toBe(2);
});

test('the report is a table, the ratio, what recording costs, and where it was measured', () => {
  const lines = report(results(rounds)).split('\n');
  expect(lines.slice(0, 10)).toEqual([
    '70m (70.4 M parameters: 6 layers, width 512, 8 heads, vocabulary 50304), 4 x 256 = 1024 tokens a step',
    '2 rounds of 3 timed steps; median (least to greatest).',
    '',
    '                             seconds a step   tokens/s   GFLOP/s   peak memory',
    '────────────────────   ────────────────────   ────────   ───────   ───────────',
    'halokit, onnxruntime   1.00 (0.900 to 1.20)      1,024       284       2.50 GB',
    'PyTorch                 2.10 (2.00 to 3.00)        488       135       2.50 GB',
    '',
    "PyTorch: 2.10 (2.00 to 2.20) times halokit's time, by round.",
    'Recording: 0.100 s (0.100 to 0.100) of each step, 10.0 % of it.',
  ]);
  expect(lines.at(-2)).toBe('Machine: A CPU, 2 cores, 16.00 GB, linux 6 x64, avx2; 2 threads for PyTorch.');
  expect(lines.at(-1)).toBe('Versions: node 20.19.0, torch 1.13.0.');
});

test('a machine that was not quiet is a warning', () => {
  expect(report(results(rounds))).not.toContain('Other programs');
  const [first, second] = rounds as [Round, Round];
  const text = report(results([first, { ...second, ours: { ...second.ours, othersShare: 0.414 } }]));
  expect(text).toContain('Other programs took up to 41 % of the processor');
});

test('without PyTorch there is our row alone, and no ratio', () => {
  const text = report(results(rounds.map(({ ours }) => ({ ours, peers: [] }))));
  expect(text).toContain('halokit, onnxruntime');
  expect(text).not.toContain('PyTorch:');
});
