import { expect, test } from 'vitest';
import type { Dataset } from './dataset';
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
      const lengths = microbatch.map((p) => 2 + (data.examples[step.examples[p] as number]?.response.length as number));
      if (microbatch.length > 1) expect(microbatch.length * Math.max(...lengths)).toBeLessThanOrEqual(24);
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
