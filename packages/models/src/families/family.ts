import type * as tf from '@tensorflow/tfjs-core';
import type { ConfigReader, ModelConfig } from './config';

/** A weight by its checkpoint name. */
export type WeightOf = (name: string) => tf.Tensor;

/** Shapes by checkpoint name; linear layers are [out, in]. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** What a forward pass is about: where its tokens stand, what they may see, and what was seen before. */
export interface PassContext {
  /** Position of each token, one list per row or one for all. */
  readonly positions: readonly (readonly number[])[];
  /** 0 or `masked`, broadcast to [rows, heads, tokens, keys]. */
  readonly mask: tf.Tensor4D;
  /** Adds a layer's new keys and values to the earlier ones and returns all; absent when there are none. */
  readonly remember?: (layer: number, k: tf.Tensor4D, v: tf.Tensor4D) => { k: tf.Tensor4D; v: tf.Tensor4D };
}

/** One architecture. A new one is a file that exports this and a row in `families`. */
export interface Family<C extends ModelConfig = ModelConfig> {
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
  /** Embedded tokens [rows, tokens, width] to normalised hidden states of the same shape. */
  hiddenStates(weight: WeightOf, config: C, embedded: tf.Tensor3D, context: PassContext): tf.Tensor3D;
}
