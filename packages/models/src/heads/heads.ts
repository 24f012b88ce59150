import type { CausalLM } from '../causal_lm';
import type { ModelConfig } from '../families/families';
import type { Shapes } from '../families/family';
import { type Head, has } from './head';
import { rewardHead } from './reward_head';
import { valueHead } from './value_head';

/** Every head by its name. */
const heads: Readonly<Record<Head['name'], Head>> = { value: valueHead, reward: rewardHead };

/** Whether a model has the head of this name: `value` (`addValueHead`) or `reward` (`addRewardHead`). */
export function hasHead(model: CausalLM, name: Head['name']): boolean {
  return has(model, heads[name]);
}

/** The weights of a head by their checkpoint names. */
export function headWeights(config: ModelConfig, name: Head['name']): ReturnType<Head['weights']> {
  return heads[name].weights(config);
}

/** Shapes of the heads of which a checkpoint holds at least one of these tensors. */
export function headShapes(config: ModelConfig, stored: { has(name: string): boolean }): Shapes {
  const present = Object.values(heads)
    .map((head) => Object.entries(head.weights(config)))
    .filter((weights) => weights.some(([name]) => stored.has(name)));
  return Object.fromEntries(present.flat().map(([name, { shape }]) => [name, shape]));
}
