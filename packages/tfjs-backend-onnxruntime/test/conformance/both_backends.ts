import * as tf from '@tensorflow/tfjs';
import type { OnnxRuntimeBackend } from '../../src/index';
import type { Outcome } from './compare';
import type { Input } from './inputs';
import type { Case } from './row';

export type BackendName = 'onnxruntime' | 'tensorflow' | 'cpu';

/** Makes all calls on a backend, then reads all results: one flush computes them. */
export async function outcomes(backend: BackendName, cases: readonly Case[]): Promise<Outcome[][]> {
  await tf.setBackend(backend);
  const inputs = tf.tidy(() => cases.map((each) => each.inputs.map((input) => made(input, backend))));
  if (backend === 'onnxruntime') await engine().flush();
  const results = called(cases, inputs, backend);
  try {
    const read: Outcome[][] = [];
    // One after the other, so that none is under way when another fails.
    for (const list of results) {
      const outcomesOfCall: Outcome[] = [];
      for (const tensor of list) outcomesOfCall.push(await outcome(tensor));
      read.push(outcomesOfCall);
    }
    return read;
  } finally {
    tf.dispose(results);
  }
}

/** The results of all calls, whose inputs are given back although the results may not be there yet. */
function called(cases: readonly Case[], inputs: tf.Tensor[][], backend: BackendName): tf.Tensor[][] {
  try {
    return tf.tidy(() =>
      cases.map((each, c) => {
        const tensors = each.inputs.map(({ held }, i) => {
          const tensor = inputs[c]?.[i] as tf.Tensor;
          return backend === 'onnxruntime' && held === 'recorded' ? copied(tensor) : tensor.clone();
        });
        return [each.run(tensors)].flat();
      }),
    );
  } finally {
    tf.dispose(inputs);
  }
}

function made({ dtype, shape, values, held }: Input, backend: BackendName): tf.Tensor {
  const array = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype];
  const tensor = tf.tensor(array.from(values), [...shape], dtype);
  return backend === 'onnxruntime' && held === 'in native memory' ? copied(tensor) : tensor;
}

/** The same numbers, which the engine computes: JavaScript does not have them. */
function copied(x: tf.Tensor): tf.Tensor {
  return tf.unstack(tf.stack([x, x]))[0] as tf.Tensor;
}

async function outcome(tensor: tf.Tensor): Promise<Outcome> {
  return { dtype: tensor.dtype, shape: tensor.shape, values: await tensor.data() };
}

function engine(): OnnxRuntimeBackend {
  return tf.engine().findBackend('onnxruntime') as OnnxRuntimeBackend;
}
