import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from '../causal_lm';
import { blockLogps } from '../layers/label_logps';
import { storageOf } from '../storage/storage';

/** The states that predict, and what they predict. */
export interface Predictions {
  /** [predictions, width] */
  readonly states: Float32Array;
  readonly labels: Int32Array;
}

/** Some words of the vocabulary: from which on, and their rows of the matrix under its name. */
export interface VocabularyBlock {
  readonly from: number;
  readonly part: CausalLM;
}

/**
 * Log-probabilities of labels, merged from one block of the vocabulary after the other:
 *
 *     log p = log p_block + logZ_block - logZ        logZ = log sum_blocks exp(logZ_block)
 *
 * where p_block is the label's share of its own block. Of one block that holds all, nothing is left to merge.
 */
export class MergedLogps {
  private readonly logZ: Float64Array;
  private readonly within: Float64Array;
  private readonly logZOfBlock: Float64Array;

  constructor(private readonly predictions: Predictions) {
    const count = predictions.labels.length;
    this.logZ = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    this.within = new Float64Array(count);
    this.logZOfBlock = new Float64Array(count);
  }

  async add({ from, part }: VocabularyBlock): Promise<void> {
    const [words] = part.weights.values() as Iterable<tf.Variable> as [tf.Variable];
    const { states, labels } = this.predictions;
    const size = words.shape[0] as number;
    const isHere = (label: number) => label >= from && label < from + size;
    const { logps, logZ } = tf.tidy(() =>
      blockLogps(
        tf.tensor2d(states, [labels.length, states.length / labels.length]),
        words as unknown as tf.Tensor2D,
        // A word of another block has no place here: any will do, and is not looked at.
        tf.tensor1d(
          labels.map((label) => (isHere(label) ? label - from : 0)),
          'int32',
        ),
        storageOf(part, words),
      ),
    );
    const [within, ofBlock] = [await logps.data<'float32'>(), await logZ.data<'float32'>()];
    tf.dispose([logps, logZ]);
    labels.forEach((label, i) => {
      const z = ofBlock[i] as number;
      this.logZ[i] = logAddExp(this.logZ[i] as number, z);
      if (!isHere(label)) return;
      this.within[i] = within[i] as number;
      this.logZOfBlock[i] = z;
    });
  }

  result(): Float32Array {
    return Float32Array.from(
      this.within,
      (within, i) => within + ((this.logZOfBlock[i] as number) - (this.logZ[i] as number)),
    );
  }
}

function logAddExp(a: number, b: number): number {
  const most = Math.max(a, b);
  return most + Math.log(Math.exp(a - most) + Math.exp(b - most));
}
