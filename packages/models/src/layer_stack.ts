import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from './causal_lm';
import { familyOf } from './families/families';
import type { LayerPass, PassContext } from './families/family';
import { InputError } from './input_error';
import { recomputed } from './layers/recomputed';
import { modelWeights } from './model_weights';

/** How much the backward pass may keep. */
export interface BackwardOptions {
  /**
   * Keeps the input of every layer, or of every n-th, and computes the layers again in the backward pass: memory of one
   * layer (or n) in place of all, for up to a third more arithmetic. The gradients are the same. Default: false.
   */
  readonly gradientCheckpointing?: boolean | number;
}

/**
 * All layers of a model, one after the other.
 *
 * @param x the embedded tokens, [rows, tokens, width]
 * @throws InputError when `gradientCheckpointing` is a number that is no number of layers
 */
export function throughLayers(
  model: CausalLM,
  x: tf.Tensor3D,
  { remember, angles, mask }: PassContext,
  { gradientCheckpointing = false }: BackwardOptions,
): tf.Tensor3D {
  // A pass that remembers makes no gradient, and must not be made twice.
  if (gradientCheckpointing === false || remember) {
    const rememberIn = (layer: number): LayerPass['remember'] => remember && ((k, v) => remember(layer, k, v));
    return layersOf(model).reduce(
      (x, layer) => runLayer(model, layer, x, { angles, mask, remember: rememberIn(layer) }),
      x,
    );
  }
  return segments(layersOf(model), gradientCheckpointing).reduce((x, layers) => {
    const run = (x: tf.Tensor, [cos, sin, mask]: readonly tf.Tensor[]) => {
      const pass = { angles: { cos, sin }, mask } as LayerPass;
      return layers.reduce((x, layer) => runLayer(model, layer, x, pass), x as tf.Tensor3D);
    };
    const weights = layers.flatMap((layer) => trainableOf(model, layer));
    return recomputed({ run, x, weights, fixed: [angles.cos, angles.sin, mask] }) as tf.Tensor3D;
  }, x);
}

function layersOf({ config }: CausalLM): number[] {
  return [...Array(config.numLayers).keys()];
}

function prefixOf({ config }: CausalLM, layer: number): string {
  return familyOf(config).layerPrefix(layer);
}

/** The weights of a layer that have a gradient. */
function trainableOf(model: CausalLM, layer: number): tf.Variable[] {
  const ofLayer = [...model.weights].filter(([name]) => name.startsWith(prefixOf(model, layer)));
  return ofLayer.flatMap(([, weight]) => (weight.trainable ? [weight] : []));
}

/** A layer's intermediate results go at its end, except those the backward pass needs. */
function runLayer(model: CausalLM, layer: number, x: tf.Tensor3D, pass: LayerPass): tf.Tensor3D {
  const { config } = model;
  return tf.tidy(() => familyOf(config).layer(modelWeights(model, prefixOf(model, layer)), config, x, pass));
}

/** Layers that are computed again together. */
function segments(layers: readonly number[], every: true | number): number[][] {
  const size = every === true ? 1 : every;
  if (!Number.isInteger(size) || size < 1) {
    throw new InputError(
      `gradientCheckpointing is ${size}: it must be true, false or a whole number of layers from 1.`,
    );
  }
  const starts = layers.filter((layer) => layer % size === 0);
  return starts.map((start) => layers.slice(start, start + size));
}
