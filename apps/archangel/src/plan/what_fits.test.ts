import { kto, ktoSimple } from '@halokit/losses';
import { preset } from '@halokit/models';
import { describe, expect, test } from 'vitest';
import { forecast } from './forecast';
import type { Intent } from './intent';
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
const bytes = async (change: Partial<Intent>) => (await forecast({ ...intent, ...change }, base)).peakBytes;
const microbatch = (size: number) => ({ rowsAtOnce: size, walk: { ...intent.walk, microbatchSize: size } });

describe('what fits is what a forecast of its own says fits', () => {
  test('first a smaller microbatch, the largest that does', async () => {
    const two = await bytes(microbatch(2));
    expect(await whatFits(intent, two, base, flags)).toEqual({ flags: '--microbatch-size 2', peakBytes: two });
    expect((await whatFits(intent, two - 1, base, flags))?.flags).toBe('--microbatch-size 1');
  });

  test('then layers that are computed again, with the largest microbatch that does', async () => {
    const one = await bytes(microbatch(1));
    expect((await whatFits(intent, one - 1, base, flags))?.flags).toBe('--gradient-checkpointing');
    const again = await bytes({ gradientCheckpointing: true, ...microbatch(2) });
    expect(await whatFits(intent, again, base, flags)).toEqual({
      ...{ flags: '--gradient-checkpointing --microbatch-size 2', peakBytes: again },
    });
  });

  test('then shorter rows, one at a time', async () => {
    const least = await bytes({ gradientCheckpointing: true, ...microbatch(1) });
    const shorter = await whatFits(intent, least - 1, base, flags);
    expect(shorter?.flags).toBe('--gradient-checkpointing --microbatch-size 1 --length 768');
    expect(shorter?.peakBytes).toBeLessThan(least);
    const told = { ...intent, gradientCheckpointing: true };
    expect((await whatFits(told, least - 1, base, flags))?.flags).toBe('--microbatch-size 1 --length 768');
  });

  test('then a smaller model, the largest that does', async () => {
    const smaller = await bytes({ config: preset('pythia-70m') });
    expect(await whatFits(intent, smaller, base, flags)).toEqual({
      ...{ flags: 'a smaller model, such as pythia-70m', peakBytes: smaller },
    });
    expect(await whatFits(intent, 1e8, base, flags)).toBeUndefined();
  });

  test('a loss that couples its batch is not offered parts of it', async () => {
    const whole = { ...intent, loss: ktoSimple() };
    const fitting = await whatFits(whole, (await forecast(whole, base)).peakBytes - 1, base, flags);
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
