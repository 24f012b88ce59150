// The cpu backend with one fault, to see whether the runner notices.
import * as tf from '@tensorflow/tfjs';
import type { TestEnv } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { type Mutant, mutantVariable } from './mutant_names';

const faults: Readonly<Record<Mutant, (kernel: tf.KernelFunc) => tf.KernelFunc>> = {
  none: (kernel) => kernel,
  wrong:
    () =>
    ({ inputs, backend }) => {
      const { shape } = inputs.x as tf.TensorInfo;
      const values = new Float32Array(tf.util.sizeFromShape(shape)).fill(7);
      return {
        dataId: (backend as tf.KernelBackend).write(values, shape, 'float32') as tf.DataId,
        shape,
        dtype: 'float32',
      };
    },
  leak: (kernel) => (call) => {
    (call.backend as tf.KernelBackend).write(new Float32Array(1), [1], 'float32');
    return kernel(call);
  },
  abort: () => () => process.abort(),
  hang: () => () => {
    for (;;);
  },
  absent: (kernel) => kernel,
};

const mutant = (process.env[mutantVariable] ?? 'none') as Mutant;
const exp = tf.getKernel('Exp', 'cpu');
tf.unregisterKernel('Exp', 'cpu');
tf.registerKernel({ ...exp, kernelFunc: faults[mutant](exp.kernelFunc) });

export const testEnv: TestEnv = {
  name: 'mutant',
  backendName: mutant === 'absent' ? 'no such backend' : 'cpu',
  isDataSync: true,
};
