import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../test/oracle';
import type { ValueFunction } from './contract';
import { hingeValue, kahnemanTversky, linear, logistic, logSigmoid, mixed, shifted } from './value_functions';

beforeAll(() => tf.setBackend('cpu'));

const at = (f: (z: tf.Tensor1D) => tf.Tensor, z: readonly number[]) => [...f(tf.tensor1d([...z])).dataSync()];
const slopes = (f: (z: tf.Tensor1D) => tf.Tensor, z: readonly number[]) => [
  ...tf
    .grad((x) => f(x as tf.Tensor1D))(tf.tensor1d([...z]))
    .dataSync(),
];
const sigma = (z: number) => 1 / (1 + Math.exp(-z));

const formulas: Record<string, { v: ValueFunction; formula: (z: number) => number; ceiling: number }> = {
  logistic: { v: logistic, formula: sigma, ceiling: 1 },
  'log-sigmoid': { v: logSigmoid, formula: (z) => Math.log(sigma(z)), ceiling: 0 },
  linear: { v: linear, formula: (z) => z, ceiling: 0 },
  hinge: { v: hingeValue(2), formula: (z) => Math.min(0, z - 2), ceiling: 0 },
  'Kahneman-Tversky': {
    v: kahnemanTversky(),
    formula: (z) => (z >= 0 ? z ** 0.88 : -2.25 * (-z) ** 0.88),
    ceiling: 0,
  },
  mixed: {
    v: mixed(logSigmoid, 0.8, 0.2),
    formula: (z) => 0.8 * Math.log(sigma(z)) + 0.2 * Math.log(sigma(-z)),
    ceiling: 0,
  },
  shifted: { v: shifted(logistic, 1.5), formula: (z) => sigma(z - 1.5), ceiling: 1 },
};

const z = [-50, -5, -1.5, -0.3, -0.01, 0.01, 0.3, 1.5, 5, 50];

describe.each(Object.entries(formulas))('%s', (_, { v, formula, ceiling }) => {
  test('is its formula, and its loss the rest to the ceiling', () => {
    expectClose(at(v.value, z), z.map(formula), (x) => 2e-6 * (1 + Math.abs(x)));
    expectClose(
      at(v.loss, z),
      z.map((x) => ceiling - formula(x)),
      (x) => 2e-6 * (1 + Math.abs(x)),
    );
  });
  test('has the slope of its formula', () => {
    const smooth = z.filter((x) => Math.abs(x) !== 0.01);
    const h = 1e-4;
    const expected = smooth.map((x) => (formula(x + h) - formula(x - h)) / (2 * h));
    expectClose(slopes(v.value, smooth), expected, (x) => 1e-4 * (1 + Math.abs(x)));
    expectClose(
      slopes(v.loss, smooth),
      expected.map((x) => -x),
      (x) => 1e-4 * (1 + Math.abs(x)),
    );
  });
});

describe('Kahneman and Tversky at 0, where the slope of the formula is infinite', () => {
  const v = kahnemanTversky({ alpha: 0.5, lambda: 2 });
  test('is linear within 1e-3, and meets the formula there', () => {
    const edge = Math.sqrt(1e-3);
    expectClose(at(v.value, [-1e-3, -5e-4, 0, 5e-4, 1e-3]), [-2 * edge, -edge, 0, edge / 2, edge], () => 1e-7);
  });
  test('has a slope at 0 itself, that of gains, so that training can start', () => {
    const slope = 1e-3 ** -0.5;
    expectClose(slopes(v.value, [-5e-4, 0, 5e-4]), [2 * slope, slope, slope], (x) => 1e-5 * x);
  });
  test.each([{ alpha: 0 }, { alpha: 1.1 }, { lambda: 0 }, { lambda: Number.NaN }])('refuses %o', (options) => {
    expect(() => kahnemanTversky(options)).toThrow(RangeError);
  });
});
