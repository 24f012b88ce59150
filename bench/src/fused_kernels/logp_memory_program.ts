// What log-probabilities and their gradient take of memory, in a process of its own: one JSON line.
import { labelLogps } from '@halokit/models';
import type { OnnxRuntimeBackend } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { peakBytes } from '../peak_memory';
import { startBackend } from '../train_step/backend';
import { initialValues } from '../train_step/initial_weights';
import { type LogpMemory, type LogpSizes, logpSizes } from './logp_memory';

await startBackend('onnxruntime');
const backend = tf.backend() as OnnxRuntimeBackend;
// Libraries load and threads start with the first run, which is no part of what is measured.
await compute(createInputs({ vocabulary: 64, tokens: 8, width: 16 }));
const inputs = createInputs(logpSizes);
await backend.flush();
// The arrays that the tensors were made from are garbage now. Started with --expose-gc.
globalThis.gc?.();
const residentBytes = process.memoryUsage.rss();
await compute(inputs);
console.log(JSON.stringify({ ...logpSizes, residentBytes, peakBytes: peakBytes() } satisfies LogpMemory));

interface Inputs {
  readonly hidden: tf.Tensor2D;
  readonly vocabulary: tf.Tensor2D;
  readonly labels: tf.Tensor1D;
}

function createInputs({ vocabulary, tokens, width }: LogpSizes): Inputs {
  const matrix = (name: string, rows: number, spread: number, index: number) => {
    const parameter = { name, shape: [rows, width], base: 0, spread };
    return tf.tensor2d(initialValues(parameter, index), [rows, width]);
  };
  return {
    hidden: matrix('hidden', tokens, 1, 0),
    vocabulary: matrix('vocabulary', vocabulary, 0.05, 1),
    labels: tf.tensor1d(
      Int32Array.from({ length: tokens }, (_, i) => (i * 7919) % vocabulary),
      'int32',
    ),
  };
}

async function compute({ hidden, vocabulary, labels }: Inputs): Promise<void> {
  const loss = (h: tf.Tensor, w: tf.Tensor) =>
    tf.neg(tf.mean(labelLogps(h as tf.Tensor2D, w as tf.Tensor2D, labels))) as tf.Scalar;
  const { value, grads } = tf.valueAndGrads(loss)([hidden, vocabulary]);
  await backend.flush();
  tf.dispose([value, ...grads]);
}
