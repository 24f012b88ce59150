import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from './causal_lm';
import { familyOf } from './families/families';
import type { PassContext } from './families/family';
import { type BackwardOptions, throughLayers } from './layer_stack';
import { causalMask } from './layers/attention';
import { embed, modelWeights } from './model_weights';

/**
 * Normalised hidden states after the last layer, [rows, tokens, width].
 *
 * @param ids token ids, int32 [rows, tokens], padded on the right with any id: no token sees a later one
 * @param context positions, mask and memory; 0, 1, 2, ... and causal when absent
 * @throws InputError when `gradientCheckpointing` is a number that is no number of layers
 */
export function hiddenStates(
  model: CausalLM,
  ids: tf.Tensor2D,
  context?: PassContext,
  options: BackwardOptions = {},
): tf.Tensor3D {
  const { config } = model;
  const family = familyOf(config);
  const { positions, mask, remember } = context ?? causalContext(ids.shape[1]);
  const angles = family.angles(config, positions);
  const x = throughLayers(model, embed(model, ids), { angles, mask, remember }, options);
  return family.finalNorm(modelWeights(model), config, x);
}

/** Positions 0, 1, 2, ..., each of which sees itself and those before it. */
export function causalContext(tokens: number): PassContext {
  return { positions: [[...Array(tokens).keys()]], mask: causalMask(tokens) };
}

/** The vocabulary matrix, [vocabulary, width]: the variable, or a float32 tensor of its numbers where it is kept in 16 bits. */
export function outputEmbedding(model: CausalLM): tf.Tensor2D {
  const name = familyOf(model.config).outputEmbedding(model.config);
  return modelWeights(model).get(name) as tf.Tensor2D;
}

/** Logits of every next token, [rows, tokens, vocabulary]. For training use `tokenLogps`, which never holds them all. */
export function logits(model: CausalLM, ids: tf.Tensor2D): tf.Tensor3D {
  const [rows, tokens] = ids.shape;
  const hidden = tf.reshape(hiddenStates(model, ids), [rows * tokens, -1]) as tf.Tensor2D;
  const all = tf.matMul(hidden, outputEmbedding(model), false, true);
  return tf.reshape(all, [rows, tokens, model.config.vocabSize]);
}
