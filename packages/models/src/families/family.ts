import type * as tf from '@tensorflow/tfjs-core';
import type { RotaryAngles } from '../layers/rotary';
import type { SharedConfig } from './config';
import type { ConfigReader } from './config_reader';

/** Weights by what stands in their names behind a prefix: those of one layer, or all. */
export interface Weights {
  get(name: string): tf.Tensor;
  /** The linear layer of this name: x W^T, plus b where it has a bias. */
  linear(name: string, x: tf.Tensor): tf.Tensor;
}

/** Shapes by checkpoint name; linear layers are [out, in]. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** Position of each token, one list per row or one for all. */
export type Positions = readonly (readonly number[])[];

/** What a forward pass is about: where its tokens stand, what they may see, and what was seen before. */
export interface PassContext {
  /** Of the tokens' positions. */
  readonly angles: RotaryAngles;
  /** 0 or `masked`, broadcast to [rows, heads, tokens, keys]. */
  readonly mask: tf.Tensor4D;
  /** Adds a layer's new keys and values to the earlier ones and returns all; absent when there are none. */
  readonly remember?: (layer: number, k: tf.Tensor4D, v: tf.Tensor4D) => { k: tf.Tensor4D; v: tf.Tensor4D };
}

/** What one layer is told of its pass. */
export interface LayerPass {
  readonly angles: RotaryAngles;
  readonly mask: tf.Tensor4D;
  readonly remember?: (k: tf.Tensor4D, v: tf.Tensor4D) => { k: tf.Tensor4D; v: tf.Tensor4D };
}

/**
 * What one layer holds of each token, in numbers, beside attention's shares ([heads, keys] for each token). Counted from what
 * the gradients of its kernels read.
 */
export interface LayerFootprint {
  /** Kept from the forward to the backward pass. */
  readonly kept: number;
  /** Made in the backward pass of its MLP, at most at once. */
  readonly working: number;
  /** Made at most at once in a forward pass without gradient, its input and what is added to it included. */
  readonly plain: { readonly attention: number; readonly mlp: number };
}

/** One architecture. A new one is a file that exports this and a row in `families`. */
export interface Family<C extends SharedConfig = SharedConfig> {
  readonly modelType: C['modelType'];
  /** Hugging Face's name of the class, for `architectures` in `config.json`. */
  readonly architecture: string;
  readConfig(reader: ConfigReader): C;
  /** The family's own fields of `config.json`. */
  writeConfig(config: C): Record<string, unknown>;
  /** Every tensor of a checkpoint. */
  shapes(config: C): Shapes;
  /** Buffers that old checkpoints hold and nothing needs. */
  readonly ignored: RegExp;
  /** The token embeddings, [vocabulary, width]. */
  readonly inputEmbedding: string;
  /** The vocabulary matrix, [vocabulary, width]; the same tensor as the input embedding when the two are tied. */
  outputEmbedding(config: C): string;
  /** What turns queries and keys at these positions. */
  angles(config: C, positions: Positions): RotaryAngles;
  /** What the names of a layer's weights begin with, dot included. */
  layerPrefix(layer: number): string;
  /** One layer, [rows, tokens, width] to the same shape. */
  layer(weights: Weights, config: C, x: tf.Tensor3D, pass: LayerPass): tf.Tensor3D;
  footprint(config: C): LayerFootprint;
  /** How many heads of keys and values a layer has. */
  keyValueHeads(config: C): number;
  /** The norm behind the last layer. */
  finalNorm(weights: Weights, config: C, x: tf.Tensor3D): tf.Tensor3D;
}
