import type { BinaryLoss } from '../contract';
import { type KtoOptions, ktoDefaults } from '../core/kto';
import { prospect } from '../prospect';
import { mismatchedMean } from '../reference_points';
import { logSigmoid } from '../value_functions';

/**
 * KTO with DPO's value function: what is wrong weighs ever more, so outliers and wrong labels pull hard.
 *
 *     loss_i = lambda (-log sigma(+-beta (d_i - z0))),  d and z0 as in `kto`
 *
 * The sign is that of the thumb. Rewards are beta d.
 *
 * Source: HALOs `KTOLogSigmoidTrainer`.
 */
export function ktoLogsigmoid(options: KtoOptions = {}): BinaryLoss<{ z0: number }> {
  const { z0, z0Rows, ...scales } = { ...ktoDefaults, ...options };
  const reference = mismatchedMean({ over: z0, rows: z0Rows });
  return prospect({ ...scales, name: 'ktoLogsigmoid', value: logSigmoid, reference });
}
