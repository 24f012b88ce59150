import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogueEntry, catalogue } from '../catalogue';
import { humanline } from '../humanline';
import { prospect } from '../prospect';
import { kahnemanTversky } from '../value_functions';
import { conformanceChecks } from './conformance';
import { ordinaryProbe } from './probes';
import { type Outcome, runLoss } from './run_loss';

const losses = Object.entries(catalogue as Record<string, CatalogueEntry>).map(([name, { create }]) => ({
  name,
  create,
}));
const variants = [
  ...losses,
  { name: 'ppo without a critic', create: () => catalogue.ppo.create({ critic: 'none' }) },
  { name: 'slic without its regulariser', create: () => catalogue.slic.create({ lambda: 0 }) },
  { name: 'kto under humanline', create: () => humanline(catalogue.kto.create()) },
  { name: 'prospect, Kahneman-Tversky', create: () => prospect({ value: kahnemanTversky() }) },
  { name: 'sft by sequence', create: () => catalogue.sft.create({ reduction: 'sequence' }) },
];

test('every loss bears its name in the catalogue', () => {
  expect(losses.map(({ create }) => create().name)).toEqual(losses.map(({ name }) => name));
});

describe.each(['cpu', 'wasm', 'onnxruntime'])('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  describe.each(variants)('$name', ({ create }) => {
    test.each(Object.entries(conformanceChecks))('%s', async (_, check) => {
      expect(await check(create())).toBeUndefined();
    });
  });
});

describe('the same on every backend', () => {
  const outcomes = new Map<string, Outcome>();
  beforeAll(async () => {
    await tf.setBackend('cpu');
    for (const { name, create } of variants) outcomes.set(name, await runLoss(create(), ordinaryProbe(create())));
  });
  afterAll(() => tf.setBackend('cpu'));

  test.each(['wasm', 'onnxruntime'])('%s', async (backend) => {
    await tf.setBackend(backend);
    for (const { name, create } of variants) {
      const here = await runLoss(create(), ordinaryProbe(create()));
      const there = outcomes.get(name) as Outcome;
      for (const part of ['results', 'gradients'] as const) {
        expect(Object.keys(here[part]), name).toEqual(Object.keys(there[part]));
        for (const [key, values] of Object.entries(here[part])) {
          const expected = there[part][key] as Float32Array;
          const worst = Math.max(...values.map((x, i) => Math.abs(x - (expected[i] as number)) / (1 + Math.abs(x))));
          expect(worst, `${name}, ${key}`).toBeLessThan(2e-6);
        }
      }
    }
  });
});
