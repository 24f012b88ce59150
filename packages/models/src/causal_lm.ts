import * as tf from '@tensorflow/tfjs-core';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type Adapter, frozenByAdapter } from './adapters/adapter';
import type { CheckpointJson } from './checkpoint/checkpoint_json';
import type { ModelConfig } from './families/families';
import { familyOf } from './families/families';
import { InputError } from './input_error';
import { fillNormal } from './random_stream';
import { isPacked, type Storage } from './storage/storage';

/**
 * A causal language model: a config and its weights by Hugging Face's names, linear layers as [out, in]. Weights of a head
 * (`addValueHead`, `addRewardHead`) and of an adapter (`addAdapter`) stand among them.
 */
export interface CausalLM {
  readonly config: ModelConfig;
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** What its matrices are kept in, where they are frozen and not float32: int32 tensors with two numbers in each. */
  readonly storage?: Storage;
  /** What its low-rank matrices mean, where it has an adapter. */
  readonly adapter?: Adapter;
  /** What the JSON of its checkpoint said, where it came from one: saving gives back what nothing here reads. */
  readonly checkpoint?: CheckpointJson;
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

/**
 * A frozen copy: a reference that stays as it is while the original trains. Its variables are its own, to be disposed of
 * beside the original's; in memory their numbers are the same until one of the two changes, so frozen weights take none.
 *
 * @param trainable whether the copy trains: under an adapter, that and heads alone
 * @throws InputError when weights that are kept in 16 bits would train
 */
export function cloneModel(model: CausalLM, { trainable = false } = {}): CausalLM {
  const isFrozen = model.adapter ? frozenByAdapter(model.config) : () => false;
  const trains = (name: string) => trainable && !isFrozen(name);
  if ([...model.weights].some(([name, weight]) => trains(name) && isPacked(weight))) {
    throw new InputError(`Weights kept in ${model.storage} cannot train: load the model without storage.`);
  }
  const copy = [...model.weights].map(
    ([name, weight]) => [name, tf.tidy(() => tf.variable(tf.clone(weight), trains(name)))] as const,
  );
  return { ...model, weights: new Map(copy) };
}

export function disposeModel({ weights }: Pick<CausalLM, 'weights'>): void {
  for (const weight of weights.values()) weight.dispose();
}

/** Numbers in all weights of a model of this config, heads left out. */
export function parameterCount(config: ModelConfig): number {
  const shapes = Object.values(familyOf(config).shapes(config));
  return shapes.reduce((sum, shape) => sum + shape.reduce((size, n) => size * n, 1), 0);
}
