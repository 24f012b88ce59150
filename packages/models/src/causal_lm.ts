import * as tf from '@tensorflow/tfjs-core';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { ModelConfig } from './families/config';
import { familyOf } from './families/families';
import type { PassContext } from './families/family';
import { causalMask } from './layers/attention';
import { fillNormal } from './random_stream';

/**
 * A causal language model: a config and its weights by Hugging Face's names, linear layers as [out, in]. Weights of a head
 * (`addValueHead`, `addRewardHead`) stand among them.
 */
export interface CausalLM {
  readonly config: ModelConfig;
  readonly weights: ReadonlyMap<string, tf.Variable>;
}

/**
 * A model with fresh weights, as Hugging Face makes them: matrices from normal(0, `initializerRange`), biases 0, norms 1.
 * The numbers are drawn on the host, so that every backend gets the same.
 */
export function createModel(config: ModelConfig, { seed }: { seed: number }): CausalLM {
  const random = xoroshiro128plus(seed);
  const shapes = Object.entries(familyOf(config).shapes(config));
  const weights = shapes.map(([name, shape]) => {
    const values = new Float32Array(shape.reduce((size, n) => size * n, 1));
    if (shape.length > 1) fillNormal(values, config.initializerRange, random);
    else if (name.endsWith('weight')) values.fill(1);
    return [name, createWeight(values, shape, true)] as const;
  });
  return { config, weights: new Map(weights) };
}

/** One weight from its numbers. Variables are named by number: two models of a family share their weights' names. */
export function createWeight(values: Float32Array, shape: readonly number[], trainable: boolean): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, [...shape]), trainable));
}

/** A frozen copy: a reference that stays as it is while the original trains. */
export function cloneModel({ config, weights }: CausalLM, { trainable = false } = {}): CausalLM {
  const copy = [...weights].map(
    ([name, weight]) => [name, tf.tidy(() => tf.variable(tf.clone(weight), trainable))] as const,
  );
  return { config, weights: new Map(copy) };
}

export function disposeModel({ weights }: CausalLM): void {
  for (const weight of weights.values()) weight.dispose();
}

/** Numbers in all weights of a model of this config, heads left out. */
export function parameterCount(config: ModelConfig): number {
  const shapes = Object.values(familyOf(config).shapes(config));
  return shapes.reduce((sum, shape) => sum + shape.reduce((size, n) => size * n, 1), 0);
}

/**
 * Normalised hidden states after the last layer, [rows, tokens, width].
 *
 * @param ids token ids, int32 [rows, tokens], padded on the right with any id: no token sees a later one
 * @param context positions, mask and memory; 0, 1, 2, ... and causal when absent
 */
export function hiddenStates(model: CausalLM, ids: tf.Tensor2D, context?: PassContext): tf.Tensor3D {
  const family = familyOf(model.config);
  const tokens = ids.shape[1];
  const weight = (name: string) => model.weights.get(name) as tf.Variable;
  const embedded = tf.gather(weight(family.inputEmbedding), ids) as tf.Tensor3D;
  return family.hiddenStates(
    weight,
    model.config,
    embedded,
    context ?? { positions: [[...Array(tokens).keys()]], mask: causalMask(tokens) },
  );
}

/** The vocabulary matrix, [vocabulary, width]. */
export function outputEmbedding(model: CausalLM): tf.Tensor2D {
  const name = familyOf(model.config).outputEmbedding(model.config);
  return model.weights.get(name) as unknown as tf.Tensor2D;
}

/** Logits of every next token, [rows, tokens, vocabulary]. For training use `tokenLogps`, which never holds them all. */
export function logits(model: CausalLM, ids: tf.Tensor2D): tf.Tensor3D {
  const [rows, tokens] = ids.shape;
  const hidden = tf.reshape(hiddenStates(model, ids), [rows * tokens, -1]) as tf.Tensor2D;
  const all = tf.matMul(hidden, outputEmbedding(model), false, true);
  return tf.reshape(all, [rows, tokens, model.config.vocabSize]);
}
