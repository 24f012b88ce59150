import '@tensorflow/tfjs';
import { createModel as createFreshModel, disposeModel } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { createModel, pythiaConfig } from './model';

const shape = { name: 'tiny', layers: 2, width: 32, heads: 2, vocabulary: 61, rows: 2, tokens: 16 };

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test("the weights have the names and shapes of the model's checkpoints", () => {
  const ours = createModel(shape);
  const fresh = createFreshModel(pythiaConfig(shape), { seed: 1 });
  const shapes = ({ weights }: typeof ours) =>
    Object.fromEntries([...weights].map(([name, { shape }]) => [name, shape]));
  expect(shapes(ours)).toEqual(shapes(fresh));
  disposeModel(ours);
  disposeModel(fresh);
});
