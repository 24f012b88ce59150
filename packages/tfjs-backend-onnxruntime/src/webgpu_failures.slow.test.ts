import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { runProgram } from '../test/child';
import { missingDriver, softwareVulkan } from '../test/software_vulkan';
import { livingHandles, type OnnxRuntimeBackend, setDevice } from '.';
import { NativeTensor } from './binding/native_tensor';

const missing = missingDriver('swiftshader');
if (missing) console.log(`Skipped: ${missing}.`);

test.skipIf(missing)('memory that a device has not is a clear error, after which all else can be read', async () => {
  const { error, values } = (await runProgram('out_of_device_memory')) as { error: string; values: number[] };
  expect(error).toMatch(
    /^The graphics processor has no memory for it, or not in one piece: \w+ makes float32\[100000,1000\], 400 MB, beside \d\.\d GB/,
  );
  expect(values.length).toBeGreaterThan(0);
  expect(values).toEqual(values.map((_, i) => 1 + i));
});

const without = missingDriver('lavapipe');
if (without) console.log(`Skipped: ${without}.`);

test.skipIf(without)(
  'an index that is computed fails in the run if it is out of range, as on the processor',
  async () => {
    softwareVulkan('lavapipe');
    setDevice('webgpu');
    await tf.setBackend('onnxruntime');
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const index = (n: number) => tf.tidy(() => tf.cast(tf.sum(tf.fill([n], 1)), 'int32').reshape([1]));
    expect(Array.from(await tf.gather(x, index(1)).data())).toEqual([3, 4]);
    await expect(tf.gather(x, index(2)).data()).rejects.toThrow(
      /GatherV2 failed in Gather .*, called at .*slow\.test\.ts/,
    );
    const negative = tf.sub(index(1), tf.scalar(2, 'int32')) as tf.Tensor1D;
    await expect(tf.gather(x, negative).data()).rejects.toThrow('GatherV2 failed');
    expect(Array.from(await tf.square(x).data())).toEqual([1, 4, 9, 16]);
  },
);

test.skipIf(without)(
  'finish puts a number behind all that the device was given, waits for it and leaves nothing',
  async () => {
    const backend = tf.backend() as OnnxRuntimeBackend;
    const fetched = vi.spyOn(NativeTensor.prototype, 'read');
    const x = tf.ones([300, 300]);
    const product = tf.matMul(x, x);
    await backend.flush();
    expect(fetched).not.toHaveBeenCalled();
    const before = livingHandles();
    await backend.finish();
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(livingHandles()).toEqual(before);
    fetched.mockRestore();
    tf.dispose([x, product]);
  },
);
