export { auc, type HeldOutBinaryOptions, type HeldOutBinaryRewards, heldOutBinaryRewards } from './held_out_binary';
export { heldOutLoss } from './held_out_loss';
export { type HeldOutOptions, type HeldOutRewards, heldOutRewards, summarise } from './held_out_rewards';
export { type Estimate, meanInterval, wilson } from './interval';
export { type Sample, type SampleOptions, samplePrompts } from './sample';
export { sampledKl } from './sampled_kl';
export { table } from './table';
export { type Judge, type Question, type Verdict, type WinRate, type WinRateOptions, winRate } from './win_rate';
