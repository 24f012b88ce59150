import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, test } from 'vitest';
import { freshEngine, nativeTensors } from '../test/engine';
import { CancelledError, type OnnxRuntimeBackend } from '.';
import { apply } from './graph/record';

let engine: OnnxRuntimeBackend;
beforeEach(async () => {
  engine = await freshEngine();
});

/** An index that nobody knows before the graph has run. */
function hiddenIndex(value: number): tf.Tensor1D {
  return tf.tidy(() => tf.cast(tf.sum(tf.fill([value], 1)), 'int32').reshape([1]));
}

test('a failed run names the operator, its shapes, the reason and where it was called', async () => {
  const x = tf.randomUniform([4, 8]);
  const bad = tf.gather(x, hiddenIndex(7));
  await expect(bad.data()).rejects.toThrow(
    /GatherV2 failed in Gather on float32\[1,4,8\], int32\[1\], called at .*failures\.test\.ts:\d+:\d+.*(range|bounds)/s,
  );
});

test('a negative index fails too, where ONNX alone would count from the end', async () => {
  const index = tf.sub(hiddenIndex(1), tf.scalar(2, 'int32'));
  await expect(tf.gather(tf.randomUniform([4, 8]), index as tf.Tensor1D).data()).rejects.toThrow('GatherV2 failed');
});

test('only what needs the failed operator is lost; everything else is as it was', async () => {
  const weight = tf.variable(tf.ones([300, 300]));
  await weight.data();
  const fine = tf.add(weight, 1);
  const bad = tf.gather(weight, hiddenIndex(300));
  const worse = tf.sum(bad);
  tf.tidy(() => weight.assign(tf.mul(weight, 3)));

  await expect(worse.data()).rejects.toThrow('GatherV2 failed');
  expect((await fine.data())[0]).toBe(2);
  expect((await weight.data())[89_999]).toBe(3);
  await expect(bad.data()).rejects.toThrow('GatherV2 failed');
  expect(() => bad.dataSync()).toThrow('GatherV2 failed');
  expect(() => tf.neg(worse).dataSync()).toThrow('GatherV2 failed');
});

test('whoever reads something else does not hear of it', async () => {
  const bad = tf.gather(tf.randomUniform([4, 8]), hiddenIndex(9));
  const fine = tf.exp(tf.zeros([2]));
  expect(Array.from(await fine.data())).toEqual([1, 1]);
  await expect(bad.data()).rejects.toThrow('GatherV2 failed');
});

test('failed tensors leave no native memory behind', async () => {
  const x = tf.randomUniform([300, 300]);
  const bad = tf.gather(tf.exp(x), hiddenIndex(300));
  await expect(bad.data()).rejects.toThrow();
  tf.disposeVariables();
  tf.dispose([x, bad]);
  await tf.add(1, 1).data();
  const left = tf.engine().state.numDataBuffers;
  expect(nativeTensors()).toBeLessThanOrEqual(left);
});

test('an operator that ONNX Runtime refuses to compile fails alone, and is named', async () => {
  const x = tf.ones([2, 3]);
  const refused = tf.tidy(() => {
    const value = apply('Gemm', [engine.value(tf.exp(x)), engine.value(tf.exp(x))], { type: 'float32', shape: [2, 3] });
    return tf.engine().makeTensorFromTensorInfo(engine.tensor(value));
  });
  const fine = tf.neg(x);
  await expect(refused.data()).rejects.toThrow(/failed in Gemm on float32\[2,3\], float32\[2,3\]/);
  expect((await fine.data())[0]).toBe(-1);
});

test('a cancelled run loses nothing: reading starts it again', async () => {
  const x = tf.fill([900, 900], 1 / 900);
  const y = tf.tidy(() => {
    let y: tf.Tensor = x;
    for (let i = 0; i < 12; i++) y = tf.matMul(y as tf.Tensor2D, x as tf.Tensor2D);
    return tf.sum(y);
  });
  const reading = y.data();
  await new Promise((resolve) => setTimeout(resolve, 5));
  engine.cancel();
  await expect(reading).rejects.toThrow(CancelledError);
  expect(Math.abs(((await y.data())[0] as number) - 900)).toBeLessThan(2);
});

test('cancelling when nothing runs does nothing', () => {
  expect(() => engine.cancel()).not.toThrow();
});
