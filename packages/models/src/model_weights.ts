import * as tf from '@tensorflow/tfjs-core';
import { lowRankTerm } from './adapters/low_rank_term';
import type { CausalLM } from './causal_lm';
import { familyOf } from './families/families';
import type { Weights } from './families/family';
import { labelLogps } from './layers/label_logps';
import { linear } from './layers/linear';
import { storageOf } from './storage/storage';
import { widen } from './storage/widen';

/** A model's weights as its layers ask for them, behind a prefix of their names. */
export function modelWeights(model: CausalLM, prefix = ''): Weights {
  const { weights } = model;
  const kept = (name: string) => weights.get(prefix + name) as tf.Variable;
  return {
    get(name) {
      const weight = kept(name);
      const storage = storageOf(model, weight);
      return storage ? widen(weight, storage) : weight;
    },
    linear(name, x) {
      const weight = kept(`${name}.weight`);
      const y = linear(x, weight, weights.get(`${prefix + name}.bias`), storageOf(model, weight));
      const change = lowRankTerm(model, prefix + name, x);
      return change ? tf.add(y, change) : y;
    },
  };
}

/** The embeddings of tokens, [rows, tokens, width]. @param ids int32 [rows, tokens] */
export function embed(model: CausalLM, ids: tf.Tensor2D): tf.Tensor3D {
  const weight = model.weights.get(familyOf(model.config).inputEmbedding) as tf.Variable;
  const storage = storageOf(model, weight);
  if (!storage) return tf.gather(weight, ids) as tf.Tensor3D;
  return tf.reshape(widen(weight, storage, tf.reshape(ids, [-1]) as tf.Tensor1D), [...ids.shape, -1]);
}

/** Log-probabilities of labels by the vocabulary matrix: see `labelLogps`. */
export function vocabularyLogps(model: CausalLM, hidden: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const weight = model.weights.get(familyOf(model.config).outputEmbedding(model.config)) as tf.Variable;
  return labelLogps(hidden, weight as unknown as tf.Tensor2D, labels, storageOf(model, weight));
}
