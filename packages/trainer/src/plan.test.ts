import { createHash } from 'node:crypto';
import { passShape, type TokenRow } from '@halokit/models';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Dataset, promptKeys } from './dataset';
import { planBatches } from './plan';

const ids = (...values: number[]) => Int32Array.from(values);

function dataset(n: number): Dataset & { feedback: 'binary' } {
  const examples = [...Array(n).keys()].map((i) => ({
    prompt: ids(1, i),
    response: new Int32Array(1 + ((i * 7) % 11)).fill(2),
    desirable: i % 3 === 0,
  }));
  return { feedback: 'binary', examples };
}

const settings = { seed: 1, batchSize: 8, microbatchSize: 3, epochs: 2, kl: true };

test('each epoch has every example once, in batches, in an order of its own', async () => {
  const { steps } = await planBatches(dataset(20), settings);
  expect(steps.map((step) => step.examples.length)).toEqual([8, 8, 4, 8, 8, 4]);
  const epochs = [0, 1].map((epoch) => steps.filter((step) => step.epoch === epoch).flatMap((step) => step.examples));
  for (const order of epochs) expect([...order].sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
  expect(epochs[0]).not.toEqual(epochs[1]);
});

test('microbatches cut a batch by length and hold every position once', async () => {
  const data = dataset(20);
  for (const step of (await planBatches(data, settings)).steps) {
    const positions = step.microbatches.flat();
    expect([...positions].sort((a, b) => a - b)).toEqual([...step.examples.keys()]);
    const lengths = positions.map((p) => data.examples[step.examples[p] as number]?.response.length as number);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    for (const microbatch of step.microbatches) expect(microbatch.length).toBeLessThanOrEqual(3);
  }
});

test('a microbatch holds no more padded tokens than it may, except for a single example', async () => {
  const data = dataset(20);
  for (const step of (await planBatches(data, { ...settings, microbatchSize: 8, microbatchTokens: 24 })).steps) {
    for (const microbatch of step.microbatches) {
      const shape = passShape(microbatch.map((p) => data.examples[step.examples[p] as number] as TokenRow));
      if (microbatch.length > 1) expect(shape.rows * shape.tokens).toBeLessThanOrEqual(24);
    }
    expect(step.microbatches.flat()).toHaveLength(step.examples.length);
    expect(step.microbatches.some((microbatch) => microbatch.length > 1)).toBe(true);
  }
});

test('the same settings give the same plan; another seed or microbatch size changes only what it should', async () => {
  const data = dataset(20);
  const plan = await planBatches(data, settings);
  expect(await planBatches(data, settings)).toEqual(plan);
  expect((await planBatches(data, { ...settings, seed: 2 })).steps).not.toEqual(plan.steps);
  const whole = await planBatches(data, { ...settings, microbatchSize: 8 });
  expect(whole.steps.map((s) => [s.examples, s.klPartners])).toEqual(plan.steps.map((s) => [s.examples, s.klPartners]));
});

test('the batches of many seeds are those that earlier versions drew', async () => {
  const plans: string[] = [];
  for (let seed = 1; seed <= 50; seed++) {
    for (const kl of [true, false]) {
      const { steps } = await planBatches(dataset(20), { ...settings, seed, kl });
      plans.push(JSON.stringify(steps.map(({ microbatches: _, ...drawn }) => drawn)));
    }
  }
  expect(createHash('sha256').update(plans.join('\n')).digest('hex')).toBe(
    '8a9d4a77a3a012bf6233eb938aab7257f4903fdcae3c4b23be41e914d2853f56',
  );
});

/** Examples whose prompts are these. */
const withPrompts = (prompts: readonly number[]): Dataset => ({
  feedback: 'binary',
  examples: prompts.map((prompt) => ({ prompt: ids(1, prompt), response: ids(2), desirable: true })),
});

test('groups: examples of one prompt are in one batch, and a batch ends only where the next group does not fit', async () => {
  const prompts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 });
  const sizeOf = (keys: readonly unknown[], key: unknown) => keys.filter((other) => other === key).length;
  await fc.assert(
    fc.asyncProperty(prompts, fc.integer(), async (chosen, seed) => {
      const data = withPrompts(chosen);
      const keys = promptKeys(data);
      const batchSize = Math.max(8, ...keys.map((key) => sizeOf(keys, key)));
      const more = { seed, batchSize, kl: false, groups: true };
      const { steps } = await planBatches(data, { ...settings, ...more });
      for (const epoch of [0, 1]) {
        const batches = steps.filter((step) => step.epoch === epoch).map((step) => step.examples);
        expect(batches.flat().sort((a, b) => a - b)).toEqual([...keys.keys()]);
        batches.forEach((examples, i) => {
          const inBatch = examples.map((example) => keys[example]);
          for (const key of inBatch) expect(sizeOf(inBatch, key)).toBe(sizeOf(keys, key));
          expect(examples.length).toBeLessThanOrEqual(batchSize);
          const next = batches[i + 1]?.[0];
          if (next !== undefined) expect(examples.length + sizeOf(keys, keys[next])).toBeGreaterThan(batchSize);
        });
      }
    }),
  );
});

test('a whole batch is one pass, however unlike its rows and small its microbatches', async () => {
  const lengths = [1, 200, 3, 90, 400, 2];
  const data: Dataset = {
    feedback: 'binary',
    examples: lengths.map((length, i) => ({
      ...{ prompt: Int32Array.of(i), response: new Int32Array(length), desirable: i % 2 === 0 },
    })),
  };
  const plan = async (wholeBatch?: boolean) => {
    const { steps } = await planBatches(data, {
      ...settings,
      batchSize: 6,
      microbatchTokens: 64,
      epochs: 1,
      wholeBatch,
    });
    return steps.map(({ microbatches }) => microbatches);
  };
  expect(await plan(true)).toEqual([[[0, 1, 2, 3, 4, 5]]]);
  expect((await plan())[0]?.length).toBeGreaterThan(1);
});

test('groups are shuffled by the seed, anew in each epoch', async () => {
  const data = withPrompts([...Array(60).keys()].map((i) => i % 20));
  const plan = (seed: number) => planBatches(data, { ...settings, batchSize: 9, seed, kl: true, groups: true });
  const { steps } = await plan(1);
  const orders = [0, 1].map((epoch) => steps.filter((step) => step.epoch === epoch).flatMap((step) => step.examples));
  expect(orders[0]).not.toEqual(orders[1]);
  expect((await plan(1)).steps).toEqual(steps);
  expect((await plan(2)).steps).not.toEqual(steps);
  expect(steps.map((step) => step.examples.length)).toEqual([...Array(14).keys()].map((i) => (i % 7 === 6 ? 6 : 9)));
});

test('a group larger than a batch is refused', async () => {
  const plan = planBatches(withPrompts([1, 2, 1, 1, 2]), { ...settings, batchSize: 2, kl: false, groups: true });
  await expect(plan).rejects.toThrow(
    'A prompt has 3 examples, which must be in one batch, and batchSize is 2: raise it to 3',
  );
});

test('a plan is plain data', async () => {
  const plan = await planBatches(dataset(20), settings);
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
});

test('maxSteps ends the plan early', async () => {
  expect((await planBatches(dataset(20), { ...settings, maxSteps: 4 })).steps.length).toBe(4);
});

test.each([
  ['batchSize', 0],
  ['microbatchSize', 1.5],
  ['epochs', -1],
])('%s of %d is refused by name', async (key, value) => {
  await expect(planBatches(dataset(4), { ...settings, [key]: value })).rejects.toThrow(`${key} is ${value}`);
});

test('an empty dataset is refused', async () => {
  await expect(planBatches(dataset(0), settings)).rejects.toThrow('no examples');
});
