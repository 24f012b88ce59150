import { kto, ktoSimple, sft } from '@halokit/losses';
import { preset } from '@halokit/models';
import { describe, expect, test } from 'vitest';
import { forecast } from './forecast';
import type { Intent } from './intent';
import { limitsOf } from './limits';
import { nominalDataset } from './nominal_dataset';
import { whatFits } from './what_fits';

const loss = kto();
const intent: Intent = {
  ...{ config: preset('pythia-410m'), loss, optimizer: 'rmsprop', rowsAtOnce: 8 },
  dataset: nominalDataset(loss, 8, 512, 512),
  walk: { seed: 1, batchSize: 8, microbatchSize: 8, epochs: 1 },
};
const base = 3e8;
const flags = (length: number) => `--length ${length}`;
const into = (room: number) => limitsOf({ room, total: room, resident: 0 });
const bytes = async (change: Partial<Intent>) => (await forecast({ ...intent, ...change }, base)).peakBytes;
const microbatch = (size: number) => ({ rowsAtOnce: size, walk: { ...intent.walk, microbatchSize: size } });

describe('what fits is what a forecast of its own says fits', () => {
  test('first a smaller microbatch, the largest that does', async () => {
    const two = await bytes(microbatch(2));
    expect(await whatFits(intent, into(two), base, flags)).toEqual({ flags: '--microbatch-size 2', peakBytes: two });
    expect((await whatFits(intent, into(two - 1), base, flags))?.flags).toBe('--microbatch-size 1');
  });

  test('then layers that are computed again, with the largest microbatch that does', async () => {
    const one = await bytes(microbatch(1));
    expect((await whatFits(intent, into(one - 1), base, flags))?.flags).toBe('--gradient-checkpointing');
    const again = await bytes({ gradientCheckpointing: true, ...microbatch(2) });
    expect(await whatFits(intent, into(again), base, flags)).toEqual({
      ...{ flags: '--gradient-checkpointing --microbatch-size 2', peakBytes: again },
    });
  });

  test('then shorter rows, one at a time', async () => {
    const least = await bytes({ gradientCheckpointing: true, ...microbatch(1) });
    const shorter = await whatFits(intent, into(least - 1), base, flags);
    expect(shorter?.flags).toBe('--gradient-checkpointing --microbatch-size 1 --length 768');
    expect(shorter?.peakBytes).toBeLessThan(least);
    const told = { ...intent, gradientCheckpointing: true };
    expect((await whatFits(told, into(least - 1), base, flags))?.flags).toBe('--microbatch-size 1 --length 768');
  });

  test('then a smaller model, the largest that does', async () => {
    const smaller = await bytes({ config: preset('pythia-70m') });
    expect(await whatFits(intent, into(smaller), base, flags)).toEqual({
      ...{ flags: 'a smaller model, such as pythia-70m', peakBytes: smaller },
    });
    expect(await whatFits(intent, into(1e8), base, flags)).toBeUndefined();
  });

  test('a loss that couples its batch is not offered parts of it', async () => {
    const whole = { ...intent, loss: ktoSimple() };
    const fitting = await whatFits(whole, into((await forecast(whole, base)).peakBytes - 1), base, flags);
    expect(fitting?.flags).toBe('--gradient-checkpointing');
  });
});

test('a long run is told from some of its steps, the longest rows among them', async () => {
  const dataset = nominalDataset(loss, 2000, 20, 20);
  const walk = { seed: 1, batchSize: 4, microbatchSize: 4, epochs: 1 };
  const rates = { flopsPerSecond: 1e11, bytesPerSecond: 1e10 };
  const even = await forecast({ ...intent, dataset, walk, rowsAtOnce: 4 }, base, rates);
  expect(even.steps).toBe(500);
  const few = { ...intent, dataset: nominalDataset(loss, 200, 20, 20), walk, rowsAtOnce: 4 };
  const tenth = await forecast(few, base, rates);
  expect(even.seconds?.likely).toBeCloseTo(10 * (tenth.seconds?.likely ?? 0), 6);

  const examples = [...(dataset.examples as { prompt: Int32Array; response: Int32Array; desirable: boolean }[])];
  examples[777] = { prompt: new Int32Array(1000).fill(777), response: new Int32Array(1000), desirable: true };
  const uneven = await forecast({ ...intent, dataset: { feedback: 'binary', examples }, walk, rowsAtOnce: 4 }, base);
  expect(uneven.peakBytes).toBeGreaterThan(even.peakBytes + 5e8);
});

test('later epochs need no reference', async () => {
  const rates = { flopsPerSecond: 1e11, bytesPerSecond: 1e30 };
  const run = (epochs: number) => forecast({ ...intent, walk: { ...intent.walk, epochs } }, base, rates);
  const [once, twice] = [await run(1), await run(2)];
  const { reference } = once.estimate.work.flops;
  expect(reference).toBeGreaterThan(0);
  expect(twice.estimate.work.flops.reference).toBe(reference);
  expect(twice.estimate.work.flops.training).toBe(2 * once.estimate.work.flops.training);
});

describe('the model as it was', () => {
  const memory = async (change: Partial<Intent>) => (await forecast({ ...intent, ...change }, base)).estimate.memory;
  const parts = async (change: Partial<Intent>) => (await memory(change)).parts;

  test('is in memory where it is kept, and not where it is asked before the first step', async () => {
    const kept = await parts({});
    const asked = await parts({ askedBefore: true });
    expect([kept.copy, asked.copy]).toEqual([kept.weights, 0]);
    expect(asked).toEqual({ ...kept, copy: 0 });
  });

  test('is in memory while it is asked, where it is rounded: of few tokens, that is most under adapters', async () => {
    const adapter = { rank: 8, dropout: 0 };
    const few = { dataset: nominalDataset(loss, 8, 8, 8), adapter, askedBefore: true };
    expect((await memory(few)).moment).not.toBe('the pass by the reference');
    expect((await memory({ ...few, copyStorage: 'bfloat16' })).moment).toBe('the pass by the reference');
  });

  test('is streamed with the hidden states of all rows, whichever part of them is looked at', async () => {
    const short = (examples: number) => nominalDataset(loss, examples, 32, 32);
    const small = { config: preset('pythia-70m'), dataset: short(8), streamed: true, askedBefore: true };
    const { moment, parts } = await memory({ ...small, all: short(5000) });
    expect(moment).toBe('the vocabulary of the streamed reference');
    // With their KL rows, 10,000 rows of 64 tokens of width 512: a prompt and two responses are one row where that is shorter.
    expect(parts.states).toBeGreaterThan(4 * 5000 * 64 * 512);
    expect(parts.states).toBeLessThanOrEqual(4 * 10000 * 64 * 512);
    expect((await memory({ ...small, all: short(20000) })).parts.states / 2 ** 30).toBeCloseTo(1, 2);
    expect((await memory(small)).parts.states).toBe(0);
    const nothing = { ...small, loss: sft(), dataset: nominalDataset(sft(), 8, 8, 8) };
    expect((await memory(nothing)).parts.states).toBe(0);
  });

  test('takes its time before the first step, which is part of all', async () => {
    const rates = { flopsPerSecond: 1e11, bytesPerSecond: 1e10 };
    const [kept, asked] = [
      await forecast(intent, base, rates),
      await forecast({ ...intent, askedBefore: true }, base, rates),
    ];
    expect(kept.secondsBefore).toBeUndefined();
    expect(asked.seconds?.likely).toBeCloseTo(kept.seconds?.likely as number, 6);
    const { likely } = asked.secondsBefore as { likely: number };
    expect(likely / (asked.seconds?.likely as number)).toBeGreaterThan(0.15);
    expect(likely / (asked.seconds?.likely as number)).toBeLessThan(0.4);
  });
});

test('SFT that comes first counts where its optimiser holds more', async () => {
  const few = { ...intent, dataset: nominalDataset(loss, 8, 8, 8), askedBefore: true };
  const alone = await forecast(few, base);
  const adamw = (await forecast({ ...few, first: { optimizer: 'adamw' } }, base)).estimate.memory;
  expect(adamw).toEqual((await forecast({ ...few, optimizer: 'adamw' }, base)).estimate.memory);
  expect(adamw.bytes - alone.estimate.memory.bytes).toBeGreaterThan(0.5 * adamw.parts.weights);
  expect((await forecast({ ...few, first: { optimizer: 'rmsprop' } }, base)).peakBytes).toBe(alone.peakBytes);
});
