// Starts on a device that is not there, then on the processor, and prints what came of it.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { type DeviceName, OnnxRuntimeBackend, setDevice } from '../../src';

const device = process.env.HALOKIT_TEST_DEVICE as DeviceName;
process.env.VK_ICD_FILENAMES = '/nonexistent';
tf.env().set('PROD', true);

const refusal = (): Error | undefined => {
  try {
    setDevice(device);
    new OnnxRuntimeBackend().dispose();
    return undefined;
  } catch (error) {
    return error as Error;
  }
};
const { name, message } = refusal() ?? { name: 'none', message: '' };
setDevice('cpu');
await tf.setBackend('onnxruntime');
const cpu = Array.from(await tf.add(tf.tensor1d([1, 2]), tf.tensor1d([2, 3])).data());
let inUse = '';
try {
  setDevice('webgpu');
} catch (error) {
  inUse = (error as Error).message;
}
console.log(JSON.stringify({ name, message, cpu, inUse }));
process.exit(0);
