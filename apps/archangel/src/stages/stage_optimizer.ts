import { adamw, type Optimizer, rmsprop, shardedOptimizer } from '@halokit/trainer';
import { currentRanks } from '../ranks/ranks';
import type { Recipe } from './recipe';

/** @param sharded whether several ranks divide its state among them, rather than have all of it each */
export function stageOptimizer({ optimizer: name }: Pick<Recipe, 'optimizer'>, sharded = false): Optimizer {
  const rule = name === 'adamw' ? adamw() : rmsprop();
  const { communicator } = currentRanks();
  return communicator && sharded ? shardedOptimizer(rule, communicator) : rule;
}
