// What CUDA's provider shares with WebGPU's, and can be tried on WebGPU's alone here.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { missingDriver, softwareVulkan } from '../test/software_vulkan';
import { livingHandles, setDevice } from '.';
import { identityCopy } from './binding/copies';
import { HostValue } from './binding/host_value';
import { NativeTensor } from './binding/native_tensor';
import { elementTypes } from './onnx/element_type';

const missing = missingDriver('lavapipe');
if (missing) console.log(`Skipped: ${missing}.`);

test.skipIf(missing)(
  'numbers come and go through a graph that hands them on, of every type that graphs are handed',
  async () => {
    softwareVulkan('lavapipe');
    setDevice('webgpu');
    await tf.setBackend('onnxruntime');
    for (const type of ['float32', 'int32', 'bool', 'float16'] as const) {
      for (const shape of [[], [3], [40, 50], [2, 3, 4, 5]]) {
        const size = shape.reduce((n, m) => n * m, 1);
        const values = (elementTypes[type].array as Uint8ArrayConstructor).from({ length: size }, (_, i) => i % 2);
        const [given, device] = [new HostValue(values, type, shape), NativeTensor.empty(type, shape)];
        identityCopy(given, device, type).sync();
        expect(await device.read().async()).toEqual(values);
        const back = new elementTypes[type].array(size);
        const result = new HostValue(back, type, shape);
        await identityCopy(device, result, type).async();
        expect(back).toEqual(values);
        for (const each of [given, device, result]) each.release();
      }
    }
    tf.removeBackend('onnxruntime');
    expect(livingHandles()).toEqual({});
  },
);
