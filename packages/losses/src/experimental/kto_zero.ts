import type { ClassWeights } from '../classes';
import type { BinaryLoss } from '../contract';
import { prospect } from '../prospect';
import { fixedPoint } from '../reference_points';
import { logistic } from '../value_functions';

export interface KtoZeroOptions extends ClassWeights {
  /** How strongly the policy is held to the reference; the rewards' scale. */
  readonly beta?: number;
}

export const ktoZeroDefaults: Required<KtoZeroOptions> = { beta: 0.1, desirableWeight: 1, undesirableWeight: 1 };

/**
 * KTO with its reference point at 0: no mismatched rows to compute, and gains begin where the reference model stands.
 *
 *     loss_i = lambda (1 - sigma(+-beta d_i)),  d = log pi(y | x) - log pi_ref(y | x)
 *
 * The sign is that of the thumb. The same as `apoZeroUnpaired`. Rewards are beta d.
 *
 * Source: HALOs `KTOZeroTrainer`, which ignores the weights.
 */
export function ktoZero(options: KtoZeroOptions = {}): BinaryLoss<{ z0: number }> {
  const scales = { ...ktoZeroDefaults, ...options };
  return prospect({ ...scales, name: 'ktoZero', value: logistic, reference: fixedPoint(0) });
}
