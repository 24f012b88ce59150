import * as tf from '@tensorflow/tfjs-core';
import type { Storage } from '../storage/storage';
import { widen } from '../storage/widen';
import { fused } from './fused';

/**
 * Logits held at once where a backend has no kernel of its own; more rows than fit go through in chunks. 2^24 float32
 * are 64 MiB.
 */
const logitsAtOnce = 2 ** 24;

/**
 * Log-probability of one label per hidden state; of [states, vocabulary] no more is held than a part of bounded size:
 *
 *     log p_i = h_i . W[label_i] - logZ_i        logZ_i = log sum_v exp(h_i . W_v)
 *
 *     dh_i = dy_i (W[label_i] - sum_v p_iv W_v)        dW = sum_i dy_i (onehot(label_i) - p_i) h_i^T
 *
 * The backward pass computes the softmax again from logZ, and no dW for a frozen variable.
 *
 * Kernels: `HalokitLabelLogps` (hidden, vocabulary, labels; training, storage) to log-probabilities, logZ [states] and
 * whatever it wants back; `HalokitLabelLogpsGrad` (dy, hidden, vocabulary, labels, logZ, kept; frozen, storage) to dh, and dW
 * unless `frozen`. Where there is a `storage`, the vocabulary matrix is packed in it, as `HalokitWiden` takes it.
 *
 * @param hidden [states, width]
 * @param vocabulary the vocabulary matrix, [vocabulary, width]
 * @param labels int32 [states]
 * @param storage what a frozen vocabulary matrix is packed in
 * @returns [states], natural logarithm
 */
export function labelLogps(
  hidden: tf.Tensor2D,
  vocabulary: tf.Tensor2D,
  labels: tf.Tensor1D,
  storage?: Storage,
): tf.Tensor1D {
  const training = tf.engine().isTapeOn();
  const frozen = vocabulary instanceof tf.Variable && !vocabulary.trainable;
  const stored = storage && { storage };
  const operation = tf.customGrad((...inputs) => {
    const [h, save] = [inputs[0] as tf.Tensor2D, inputs.at(-1) as unknown as tf.GradSaveFunc];
    const [value, logZ, kept] = compute(h, vocabulary, labels, training, storage);
    save([h, vocabulary, labels, logZ, kept]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [hidden, vocabulary, labels, logZ, kept] = saved as [
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor1D,
        tf.Tensor1D,
        tf.Tensor,
      ];
      return [
        ...fused('HalokitLabelLogpsGrad', { dy, hidden, vocabulary, labels, logZ, kept }, { frozen, ...stored }, () =>
          backward(dy as tf.Tensor1D, hidden, matrixOf(vocabulary, storage), labels, logZ, frozen),
        ),
      ];
    };
    return { value, gradFunc };
  });
  return operation(...(frozen ? [hidden] : [hidden, vocabulary])) as tf.Tensor1D;
}

/**
 * The same for some of the vocabulary, without gradient: log p among those words, and their log-normaliser, [states] each.
 * Over blocks of words, log p = log p_block + logZ_block - log sum_blocks exp(logZ_block).
 */
export function blockLogps(
  hidden: tf.Tensor2D,
  words: tf.Tensor2D,
  labels: tf.Tensor1D,
  storage?: Storage,
): { readonly logps: tf.Tensor1D; readonly logZ: tf.Tensor1D } {
  const [logps, logZ] = compute(hidden, words, labels, false, storage);
  return { logps, logZ };
}

function compute(
  hidden: tf.Tensor2D,
  vocabulary: tf.Tensor2D,
  labels: tf.Tensor1D,
  training: boolean,
  storage: Storage | undefined,
): readonly [tf.Tensor1D, tf.Tensor1D, tf.Tensor] {
  return fused(
    'HalokitLabelLogps',
    { hidden, vocabulary, labels },
    { training, ...(storage && { storage }) },
    (): [tf.Tensor1D, tf.Tensor1D, tf.Tensor] => [
      ...forward(hidden, matrixOf(vocabulary, storage), labels),
      tf.zeros([0]),
    ],
  );
}

function matrixOf(vocabulary: tf.Tensor2D, storage: Storage | undefined): tf.Tensor2D {
  return storage ? widen(vocabulary, storage) : vocabulary;
}

function forward(h: tf.Tensor2D, w: tf.Tensor2D, labels: tf.Tensor1D): [tf.Tensor1D, tf.Tensor1D] {
  const parts = chunks(h, w).map(([start, size]) => tf.tidy(() => logNormaliser(rows(h, start, size), w)));
  const logZ = tf.concat1d(parts);
  return [tf.tidy(() => tf.sub(tf.sum(tf.mul(h, tf.gather(w, labels)), 1), logZ)), logZ];
}

function logNormaliser(h: tf.Tensor2D, w: tf.Tensor2D): tf.Tensor1D {
  const z = tf.matMul(h, w, false, true);
  // log-sum-exp = max - log(largest probability): exact, stable, and softmax is the fastest exponential there is.
  return tf.sub(tf.max(z, 1), tf.log(tf.max(tf.softmax(z), 1)));
}

function backward(
  dy: tf.Tensor1D,
  h: tf.Tensor2D,
  w: tf.Tensor2D,
  labels: tf.Tensor1D,
  logZ: tf.Tensor1D,
  frozen: boolean,
): tf.Tensor[] {
  return tf.tidy(() => {
    let dw = frozen ? undefined : tf.unsortedSegmentSum(tf.mul(h, tf.expandDims(dy, 1)), labels, w.shape[0]);
    const dh = chunks(h, w).map(([start, size]) => {
      const hidden = rows(h, start, size);
      const scale = tf.expandDims(slice(dy, start, size), 1);
      const z = tf.matMul(hidden, w, false, true);
      const scaled = tf.mul(tf.exp(tf.sub(z, tf.expandDims(slice(logZ, start, size), 1))), scale) as tf.Tensor2D;
      dw &&= tf.sub(dw, tf.matMul(scaled, hidden, true, false));
      const pull = tf.mul(tf.gather(w, slice(labels, start, size)), scale);
      return tf.sub(pull, tf.matMul(scaled, w)) as tf.Tensor2D;
    });
    return dw ? [tf.concat2d(dh, 0), dw] : [tf.concat2d(dh, 0)];
  });
}

/** Start and size of each chunk of states. */
function chunks(h: tf.Tensor2D, w: tf.Tensor2D): [number, number][] {
  const states = h.shape[0];
  const size = Math.max(1, Math.floor(logitsAtOnce / w.shape[0]));
  const result: [number, number][] = [];
  for (let start = 0; start < states; start += size) result.push([start, Math.min(size, states - start)]);
  return result;
}

function rows(x: tf.Tensor2D, start: number, size: number): tf.Tensor2D {
  return tf.slice2d(x, [start, 0], [size, -1]);
}

function slice(x: tf.Tensor1D, start: number, size: number): tf.Tensor1D {
  return tf.slice1d(x, start, size);
}
