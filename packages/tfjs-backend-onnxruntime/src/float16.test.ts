// What float16 needs no graphics processor for.
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { freshEngine } from '../test/engine';
import { setDevice, UnavailableError } from '.';
import { fromFloat16 } from './onnx/float16';

test('every float16 is read as ONNX Runtime widens it', async () => {
  await freshEngine();
  const bits = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);
  const packed = tf.tensor2d(new Int32Array(bits.buffer), [256, 128], 'int32');
  const widened = tf.engine().runKernel('HalokitWiden', { packed }, { storage: 'float16' }) as tf.Tensor;
  expect(fromFloat16(bits)).toEqual(await widened.data());
  tf.dispose([packed, widened]);
});

test('the processor refuses it, and no other arithmetic is known', () => {
  expect(() => setDevice('cpu', { arithmetic: 'float16' })).toThrow(UnavailableError);
  expect(() => setDevice('webgpu', { arithmetic: 'float8' as 'float16' })).toThrow('take one of float32, float16');
});
