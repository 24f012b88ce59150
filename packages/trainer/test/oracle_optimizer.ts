import { adamw } from '../src/adamw';
import type { Optimizer } from '../src/optimizer';
import { rmsprop } from '../src/rmsprop';
import type { OracleOptimizer } from './traces';

/** The optimiser that the oracle ran. */
export function oracleOptimizer({ name, alpha, betas, eps, weight_decay }: OracleOptimizer): Optimizer {
  if (name === 'RMSprop') return rmsprop({ alpha, epsilon: eps });
  return adamw({ beta1: betas[0], beta2: betas[1], epsilon: eps, weightDecay: weight_decay });
}
