import * as tf from '@tensorflow/tfjs-core';
import { erf } from './textbook';

/**
 * Makes TensorFlow.js' cpu backend compute in float64. It makes arrays by the name `Float32Array`, which has to be
 * replaced before TensorFlow.js is loaded:
 *
 *     vi.hoisted(() => Object.assign(globalThis, { Float32Array: Float64Array }));
 *
 * Two things are left for afterwards: its platform asks Node whether an array is a real Float32Array, and its erf is an
 * approximation for float32, off by up to 1.5e-7.
 */
export async function useFloat64(): Promise<void> {
  await tf.setBackend('cpu');
  tf.env().platform.isTypedArray = (a): a is Float32Array => ArrayBuffer.isView(a) && !(a instanceof DataView);
  tf.unregisterKernel('Erf', 'cpu');
  tf.registerKernel({
    kernelName: 'Erf',
    backendName: 'cpu',
    kernelFunc: ({ inputs }) => {
      const x = inputs.x as tf.TensorInfo;
      const values = tf.engine().makeTensorFromTensorInfo(x);
      return tf.tensor(Array.from(values.dataSync(), erf), x.shape, 'float32');
    },
  });
}
