// Does every kernel agree with TensorFlow.js's reference backend?
import './index';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { gradients } from '../test/conformance/gradients';
import { checkAgreement, checkRow } from '../test/conformance/property';
import { table } from '../test/conformance/table';
import { wrongCalls } from '../test/conformance/wrong_calls';

// Fused kernels are unknown to TensorFlow.js: the packages that define them hold them against their definitions.
const kernels = tf
  .getKernelsForBackend('onnxruntime')
  .map(({ kernelName }) => kernelName)
  .filter((name) => !name.startsWith('Halokit'));
// The same cases on every run; conformance.slow.test.ts draws others.
const options = { cases: 96, seed: 1 };

test('every kernel has a row in the table', () => {
  expect([...new Set(table.map(({ kernel }) => kernel))].sort()).toEqual(kernels.sort());
});

describe('kernels agree with cpu', () => {
  test.each(table.map((row) => [row.kernel, row] as const))('%s', (_, row) => checkRow(row, options));
});

describe('gradients agree with cpu', () => {
  test.each(gradients.map((row) => [row.kernel, row] as const))('%s', (_, row) => checkAgreement(row, options));
});

describe('wrong calls throw when they are made, and say what cpu says', () => {
  test.each(wrongCalls.map(({ what, ...rest }) => [what, rest] as const))('%s', async (_, { call, message }) => {
    expect(await thrown('onnxruntime', call)).toMatch(message ?? (await thrown('cpu', call)));
  });
});

describe('multinomial', () => {
  const shares = [0.1, 0.2, 0, 0.4, 0.3];
  const samples = 20_000;
  const draw = async (logits: tf.Tensor2D, seed: number, normalized: boolean) => {
    const drawn = tf.multinomial(logits, samples, seed, normalized);
    const places = await drawn.data();
    drawn.dispose();
    return places;
  };

  test.each([
    ['of shares', true],
    ['of logits', false],
  ] as const)('%s draws classes as often as is their share', async (_, normalized) => {
    await tf.setBackend('onnxruntime');
    const logits = tf.tensor2d(
      [shares, [...shares].reverse()].map((row) => row.map((p) => (normalized ? p : Math.log(p)))),
    );
    const drawn = await draw(logits, 5, normalized);
    for (const [row, expected] of [shares, [...shares].reverse()].entries()) {
      const own = drawn.slice(row * samples, (row + 1) * samples);
      expected.forEach((share, place) => {
        const frequency = own.filter((x) => x === place).length / samples;
        // Five standard deviations.
        expect(Math.abs(frequency - share)).toBeLessThanOrEqual(5 * Math.sqrt((share * (1 - share)) / samples));
      });
    }
    logits.dispose();
  });

  test('of one seed draws the same again, of another other classes', async () => {
    await tf.setBackend('onnxruntime');
    const logits = tf.zeros([1, 4]) as tf.Tensor2D;
    const [first, again, other] = [
      await draw(logits, 3, false),
      await draw(logits, 3, false),
      await draw(logits, 4, false),
    ];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    logits.dispose();
  });
});

async function thrown(backend: string, call: () => unknown): Promise<string> {
  await tf.setBackend(backend);
  try {
    tf.tidy(() => void call());
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing thrown';
}

test('no tensor is left', () => {
  expect(tf.memory().numTensors).toBe(0);
});
