import * as tf from '@tensorflow/tfjs-core';
import { adaptedModules, matricesOf } from '../src/adapters/adapter';
import type { CausalLM } from '../src/causal_lm';
import { tokenLogps } from '../src/rows/token_logps';
import { normals } from './numbers';
import { type Expected, tokenRows } from './oracle';

/** Gives every matrix of an adapter random numbers, so that B is not 0 and nothing can be missed. */
export function fillAdapter(model: CausalLM, seed: number, deviation = 0.1): void {
  adaptedModules(model).forEach((module, i) => {
    const { a, b } = matricesOf(module);
    [a, b].forEach((name, j) => {
      const weight = weightOf(model, name);
      const { values } = normals(seed + 2 * i + j, weight.shape, deviation);
      tf.tidy(() => weight.assign(tf.tensor([...values], weight.shape)));
    });
  });
}

export function weightOf({ weights }: CausalLM, name: string): tf.Variable {
  const weight = weights.get(name);
  if (!weight) throw new Error(`no weight ${name}`);
  return weight;
}

/** DPO's mean loss on the batch that the oracle has for it. */
export function dpoLoss(model: CausalLM, { losses }: Expected): tf.Scalar {
  if (!losses?.dpo) throw new Error('the oracle has no losses for this checkpoint');
  const { batch, config, reference_logps: reference } = losses.dpo;
  const sums = tf.sum(tokenLogps(model, tokenRows(batch.concatenated)).tokens, 1);
  const [w, l] = tf.split(tf.sub(sums, tf.tensor1d(reference as number[])), 2) as [tf.Tensor, tf.Tensor];
  return tf.mean(tf.softplus(tf.mul(tf.sub(l, w), config.beta)));
}

/** Gradients by weight; those that the tape has none for are absent. */
export function gradientsOf(model: CausalLM, loss: (model: CausalLM) => tf.Scalar): Map<string, tf.Tensor> {
  const { value, grads } = tf.variableGrads(() => loss(model), [...model.weights.values()]);
  value.dispose();
  const found = [...model.weights].map(([key, { name }]) => [key, grads[name]] as const);
  return new Map(found.filter((entry): entry is [string, tf.Tensor] => Boolean(entry[1])));
}
