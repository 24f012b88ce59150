import { kto } from '@halokit/losses';
import { preset } from '@halokit/models';
import { estimateSteps } from '@halokit/trainer';
import { describe, expect, test } from 'vitest';
import type { Row } from '../alignment/protocol';
import { fileName } from './bench';
import { deviceFacts, torchFacts } from './device_facts';
import { watchingDevice } from './device_memory';
import { hhLikeFeedback } from './feedback';
import type { MeasuredRates } from './measure_rates';
import { bestRate } from './measure_rates';
import { type Entry, fastest } from './measure_shape';
import { flopsOf, productsOf } from './products';
import { type Results, ratioOf, report } from './report';
import { chosenShapes, gpuShape } from './shape';
import { forwardFlops, tokensOf, usefulFlops } from './useful_flops';

const row = (prompt: number, response: number): Row => [Array(prompt).fill(1), Array(response).fill(2)];

describe('what a step cannot do without', () => {
  const { size } = gpuShape('pythia-70m');

  test('is what the trainer counts for rows without padding', () => {
    const pass = { rows: 1, tokens: 8, predictions: 4 };
    const facts = { config: preset('pythia-70m'), loss: kto(), slots: 1, copy: true };
    const passes = { reference: [pass, pass], policy: [pass], training: [pass] };
    const { flops } = estimateSteps(facts, [passes]).work;
    expect(forwardFlops(size, row(4, 4))).toBe(flops.policy);
    const step = { rows: [row(4, 4)], kl: [row(4, 4)], desirable: [true] };
    expect(usefulFlops(size, step)).toBe(flops.reference + flops.policy + flops.training);
    expect(tokensOf(step)).toBe(8);
  });
});

test('rows are as long as those of HH, pairs share their prompt, and KL rows have another', async () => {
  const { steps, plan, examples } = await hhLikeFeedback(gpuShape('pythia-70m'), { steps: 16, atOnce: 2048 });
  expect([examples.length, steps.length, plan.settings.batchSize]).toEqual([512, 16, 32]);
  const rows = steps.flatMap(({ rows }) => rows);
  const mean = (of: (row: Row) => number) => rows.reduce((sum, one) => sum + of(one), 0) / rows.length;
  // Of all 512: 110.4 tokens of prompt, 40.6 of response.
  expect(mean(([prompt]) => prompt.length)).toBeCloseTo(110.36, 1);
  expect(mean(([, response]) => response.length)).toBeCloseTo(40.6, 1);
  expect(examples[0]?.prompt).toEqual(examples[1]?.prompt);
  steps[0]?.kl.forEach(([prompt, response], i) => {
    expect(prompt).toEqual(steps[0]?.rows[i]?.[0]);
    expect(response).not.toEqual(steps[0]?.rows[i]?.[1]);
  });
  const tiny = await hhLikeFeedback(gpuShape('tiny'), { steps: 1, atOnce: 2048 });
  expect(Math.max(...tiny.steps.flatMap(({ rows }) => rows.flat(2)))).toBeLessThan(512);
});

test('shapes by name, two of them where none is asked for', () => {
  expect(chosenShapes().map(({ name }) => name)).toEqual(['pythia-410m', 'pythia-1.4b']);
  expect(() => chosenShapes(['410m'])).toThrow('--shape 410m: gpu has tiny, pythia-70m, pythia-410m, pythia-1.4b.');
  expect(fileName('NVIDIA H100 80GB (HBM3)')).toBe('gpu-nvidia-h100-80gb-hbm3');
});

test('the products are those of the layers', () => {
  const products = productsOf(gpuShape('pythia-410m').size);
  const one = (name: string) => products.find((product) => product.name === name);
  expect(one('MLP, up')).toMatchObject({ m: 2048, k: 1024, n: 4096 });
  expect(one('attention, scores')).toMatchObject({ batch: 8 * 16, m: 256, k: 64, n: 256 });
  expect(flopsOf({ name: '', batch: 3, m: 5, k: 7, n: 11 })).toBe(2 * 3 * 5 * 7 * 11);
});

describe('the device', () => {
  const software = { name: 'llvmpipe', kind: 'software' } as const;
  const ask = async () => [
    { device: 'webgpu', available: true, adapter: software } as const,
    { device: 'cuda', available: false, reason: 'No provider.' } as const,
  ];

  test('in software is refused unless that is allowed, and one that is not there always', async () => {
    await expect(deviceFacts('webgpu', false, ask)).rejects.toThrow(
      /llvmpipe, a processor and no GPU.*--allow-software/,
    );
    expect(await deviceFacts('webgpu', true, ask)).toEqual({ device: 'webgpu', software: true, adapter: software });
    await expect(deviceFacts('cuda', true, ask)).rejects.toThrow('--device cuda: No provider.');
  });

  test('without PyTorch there is a reason', () => {
    expect(torchFacts(undefined, 'cuda')).toEqual({ missing: 'no Python here imports torch' });
  });

  test('is watched for what is added while a program runs', async () => {
    const used = [5, 6, 9, 7];
    const read = async () => used.shift() ?? 7;
    const wait = () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), 50));
    expect(await watchingDevice(wait, read, 1)).toEqual({ result: 'done', grownBytes: 4 });
    expect(await watchingDevice(wait, async () => undefined)).toEqual({ result: 'done', grownBytes: undefined });
  });
});

test('of several sizes the fastest is taken, and those beyond one that fails are not tried', async () => {
  const seconds = new Map([
    [4, 3],
    [8, 2],
    [16, 5],
  ]);
  const run = async (size: number) => {
    const found = seconds.get(size);
    if (found === undefined) throw new Error('Traceback\nCUDA out of memory');
    return { again: [{ seconds: found, loss: 0.5 }] };
  };
  expect(await fastest([4, 8, 16, 32, 64], run)).toEqual({ atOnce: 8 });
  expect(await fastest([32, 4], run)).toEqual({ missing: 'CUDA out of memory' });
  expect(await fastest([64], run)).toEqual({ atOnce: 64 });
});

const steps = (...seconds: number[]) => seconds.map((one) => ({ seconds: one, loss: 0.5 }));
const run = (...seconds: number[]) => ({
  ...{ first: steps(...seconds.map((one) => 3 * one)), again: steps(...seconds), grownBytes: 4e9 },
  end: { peakBytes: 2e9, cpuSeconds: 1, deviceBytes: 3e9 },
});
const ours: Entry = {
  ...{ name: 'halokit, float32', program: 'halokit', arithmetic: 'float32', atOnce: 8192 },
  runs: [run(1, 3), run(2, 2)],
};
const peer: Entry = {
  ...{ name: 'PyTorch, float32', program: 'PyTorch', arithmetic: 'float32', atOnce: 16 },
  runs: [run(2, 2), run(5, 5)],
};
const lost: Entry = {
  ...{ name: 'PyTorch, bfloat16', program: 'PyTorch', arithmetic: 'bfloat16', runs: [], missing: 'out of memory' },
};
const rates: MeasuredRates = {
  ...{ shape: 'pythia-410m', products: productsOf(gpuShape('pythia-410m').size).slice(0, 2) },
  rates: [
    { name: 'halokit, float32', arithmetic: 'float32', flopsPerSecond: [1e13, 2e13] },
    { name: 'PyTorch, bfloat16', arithmetic: 'bfloat16', flopsPerSecond: [4e14, 3e14] },
  ],
};
const results: Results = {
  ...{
    date: '2026-01-02T03:04:05Z',
    name: 'a card',
    versions: { node: '20' },
    torch: { torch: '2.9' },
    torchDevice: 'cuda',
  },
  device: { device: 'webgpu', software: false, adapter: { name: 'a card', kind: 'discrete', memoryBytes: 8e10 } },
  machine: { cpu: 'cpu', cores: 2, memoryBytes: 8e9, system: 'linux', features: [] },
  shapes: [{ shape: gpuShape('pythia-410m'), tokens: [4000, 6000], flops: [1e13, 3e13], entries: [ours, peer, lost] }],
  rates: [rates],
};

test('the report says times of the second pass, ratios by round, memory, and shares of the best product', () => {
  // 2 s against 2 and 5 s.
  expect(ratioOf(ours, peer)).toEqual({ median: 1.75, low: 1, high: 2.5 });
  expect([bestRate([rates], true), bestRate([rates], false), bestRate([], true)]).toEqual([2e13, 4e14, undefined]);
  const text = report(results);
  expect(text.split('\n')[0]).toBe('KTO on a card, 2026-01-02');
  expect(text).toContain('pythia-410m: 32 answers and 5,000 tokens a step on average, 20.0 TFLOP of useful arithmetic');
  // 20 TFLOP in 2 s are half of 20 TFLOP/s.
  expect(text).toMatch(
    /halokit, float32 +2\.00 \(2\.00 to 2\.00\) +2,500 +10\.0 +50\.0 % +4\.00 GB +3\.00 GB +2\.00 GB +8192 tokens/,
  );
  expect(text).toContain('PyTorch, float32: 1.75 (1.00 to 2.50) times the time of halokit, float32');
  expect(text).toMatch(/PyTorch, bfloat16 +out of memory/);
  expect(text).toContain('The same steps for the first time take halokit 6.00 s each');
  expect(text).toMatch(/query, key, value +2048 x 1024 x 3072 +10\.0 +400/);
});

test('the data sheet’s peak is beside the best product, and software is in the title', () => {
  const sheet = report({ ...results, sheet: [50, 1000] });
  expect(sheet).toContain('50.0 % (20.0 % of the data sheet)');
  const soft = report({ ...results, device: { device: 'webgpu', software: true }, torch: { missing: 'no GPU' } });
  expect(soft.split('\n')[0]).toBe(
    'KTO on a card, 2026-01-02: a processor in software, which says nothing about any GPU',
  );
  expect(soft).toContain('Without PyTorch: no GPU.');
});
