import { getKernel, type TensorInfo, unregisterKernel } from '@tensorflow/tfjs-core';
import { afterEach, expect, test } from 'vitest';
import { registerTensorflowKernels } from './index';

const name = 'BitwiseAnd';
afterEach(() => unregisterKernel(name, 'tensorflow'));

test('the kernel calls the operation of TensorFlow that has its name, for int32', () => {
  registerTensorflowKernels();
  const calls: unknown[][] = [];
  const backend = {
    binding: { TF_ATTR_TYPE: 6, TF_INT32: 3 },
    executeSingleOutput(...call: unknown[]) {
      calls.push([this, ...call]);
      return out;
    },
  };
  const [a, b, out] = ['a', 'b', 'out'].map(
    (dataId) => ({ dataId: { dataId }, shape: [2], dtype: 'int32' }) as TensorInfo,
  );
  const result = getKernel(name, 'tensorflow').kernelFunc({ inputs: { b, a } as never, attrs: {}, backend });
  expect(result).toBe(out);
  expect(calls).toEqual([[backend, name, [{ name: 'T', type: 6, value: 3 }], [a, b]]]);
});

test('registering again leaves what is there', () => {
  registerTensorflowKernels();
  const { kernelFunc } = getKernel(name, 'tensorflow');
  registerTensorflowKernels();
  expect(getKernel(name, 'tensorflow').kernelFunc).toBe(kernelFunc);
});
