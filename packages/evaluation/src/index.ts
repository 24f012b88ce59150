export { auc } from './auc';
export type { Contest, Judge, Question, Verdict } from './both_orders';
export { type HeldOutBinaryOptions, type HeldOutBinaryRewards, heldOutBinaryRewards } from './held_out_binary';
export { heldOutLoss, lossPerToken } from './held_out_loss';
export {
  type HeldOutOptions,
  type HeldOutRewards,
  heldOutRewards,
  type PairOptions,
  pairLogRatios,
  type Sides,
  summarise,
} from './held_out_rewards';
export { InputError } from './input_error';
export type { Estimate } from './interval';
export type { Logps, ReferenceOf } from './log_ratios';
export { meanInterval } from './mean_interval';
export { type Sample, type SampleOptions, samplePrompts } from './sample';
export { sampledKl } from './sampled_kl';
export { type Alignment, table } from './table';
export { wilson } from './wilson';
export { type Outcome, type WinRate, winRate, winRateWithoutTies } from './win_rate';
