import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from './causal_lm';
import { familyOf, type ModelConfig } from './families/families';
import type { PassContext, Positions } from './families/family';
import { type BackwardOptions, throughLayers } from './layer_stack';
import { causalMask } from './layers/attention';
import type { RotaryAngles } from './layers/rotary';
import { embed, modelWeights } from './model_weights';

/**
 * Normalised hidden states after the last layer, [rows, tokens, width].
 *
 * @param ids token ids, int32 [rows, tokens], padded on the right with any id: no token sees a later one
 * @param context angles of the positions, mask and memory; those of 0, 1, 2, ... and causal when absent
 * @throws InputError when `gradientCheckpointing` is a number that is no number of layers
 */
export function hiddenStates(
  model: CausalLM,
  ids: tf.Tensor2D,
  context?: PassContext,
  options: BackwardOptions = {},
): tf.Tensor3D {
  const { config } = model;
  const pass = context ?? causalContext(config, ids.shape[1]);
  const x = throughLayers(model, embed(model, ids), pass, options);
  return familyOf(config).finalNorm(modelWeights(model), config, x);
}

/** Positions 0, 1, 2, ..., each of which sees itself and those before it. */
export function causalContext(config: ModelConfig, tokens: number): PassContext {
  return { angles: anglesAt(config, [[...Array(tokens).keys()]]), mask: causalMask(tokens) };
}

/** What turns queries and keys at these positions. */
export function anglesAt(config: ModelConfig, positions: Positions): RotaryAngles {
  return familyOf(config).angles(config, positions);
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
