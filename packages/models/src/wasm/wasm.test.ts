import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { expectClose, fixture, idsOf, readExpected, tokenRows } from '../../test/oracle';
import { disposeModel } from '../causal_lm';
import { logits } from '../forward_pass';
import { loadCheckpoint } from '../node';
import { tokenLogps } from '../rows/token_logps';
import { registerWasmKernels } from '.';

beforeAll(async () => {
  registerWasmKernels();
  await tf.setBackend('wasm');
});

/** Runs the same program on both backends and compares, gradients included. */
async function onBoth(program: () => tf.Tensor[], tolerance: number) {
  const results: Float32Array[][] = [];
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const tensors = tf.tidy(program);
    results.push(await Promise.all(tensors.map((t) => t.data<'float32'>())));
    tf.dispose(tensors);
    expect(tf.memory().numTensors, backend).toBe(before);
  }
  const [cpu, wasm] = results as [Float32Array[], Float32Array[]];
  cpu.forEach((values, i) => {
    expectClose(wasm[i] as Float32Array, values, tolerance);
  });
}

const size = fc.integer({ min: 1, max: 40 });

test('products equal the cpu backend’s, whichever side is transposed, batched or repeated', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        m: size,
        k: size,
        n: size,
        ta: fc.boolean(),
        tb: fc.boolean(),
        a: fc.constantFrom([], [1], [3]),
        b: fc.constantFrom([], [1], [3]),
      }),
      async ({ m, k, n, ta, tb, a, b }) => {
        const left = tf.randomUniform([...a, ...(ta ? [k, m] : [m, k])], -1, 1, 'float32', 7).arraySync();
        const right = tf.randomUniform([...b, ...(tb ? [n, k] : [k, n])], -1, 1, 'float32', 8).arraySync();
        await onBoth(() => [tf.matMul(tf.tensor(left as number[]), tf.tensor(right as number[]), ta, tb)], 1e-4);
      },
    ),
    { numRuns: 40 },
  );
});

test('a product of an empty batch or of empty matrices has the right shape', () => {
  expect(tf.matMul(tf.zeros([0, 3]), tf.zeros([3, 2])).shape).toEqual([0, 2]);
  expect(tf.matMul(tf.zeros([2, 0, 3]), tf.zeros([2, 3, 4])).shape).toEqual([2, 0, 4]);
});

test('rows of one segment are added, ids out of range left out', async () => {
  const x = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
  const ids = tf.tensor1d([2, 0, 2, 5], 'int32');
  expect(await tf.unsortedSegmentSum(x, ids, 3).array()).toEqual([
    [3, 4],
    [0, 0],
    [6, 8],
  ]);
});

test.each(['neox-parallel', 'llama-gqa', 'llama-tied'])(
  '%s gives the oracle’s logits, and gradients as on cpu',
  async (name) => {
    const expected = readExpected(name);
    const rows = tokenRows(expected.batch);
    await tf.setBackend('wasm');
    const model = await loadCheckpoint(fixture(name));
    const all = await logits(model, idsOf(expected.batch)).array();
    for (const { row, position, values } of expected.logits) expectClose(all[row]?.[position] ?? [], values, 5e-5);
    disposeModel(model);

    const gradients: Float32Array[][] = [];
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend);
      const model = await loadCheckpoint(fixture(name));
      const weights = [...model.weights.values()];
      const { grads } = tf.variableGrads(
        () => tf.mean(tf.sum(tokenLogps(model, rows).tokens, 1)) as tf.Scalar,
        weights,
      );
      gradients.push(await Promise.all(weights.map((w) => (grads[w.name] as tf.Tensor).data<'float32'>())));
      disposeModel(model);
    }
    const [cpu, wasm] = gradients as [Float32Array[], Float32Array[]];
    cpu.forEach((values, i) => {
      const largest = values.reduce((max, g) => Math.max(max, Math.abs(g)), 0);
      expectClose(wasm[i] as Float32Array, values, 1e-4 * largest + 1e-6);
    });
  },
);
