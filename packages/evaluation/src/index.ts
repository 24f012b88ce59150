export {
  type BothOrders,
  type Contest,
  type Judge,
  JudgingStopped,
  type Judgment,
  type Question,
  type Verdict,
} from './both_orders';
export { type Completion, parseCompletion, promptId } from './completion';
export { conversationText } from './conversation_text';
export {
  type BinaryLogRatioOptions,
  binaryLogRatios,
  type HeldOutBinaryOptions,
  type HeldOutBinaryRewards,
  heldOutBinaryRewards,
  summariseBinary,
} from './held_out_binary';
export { heldOutLoss, heldOutLosses, lossesPerToken, lossPerToken } from './held_out_loss';
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
export type { Logps, ReferenceOf } from './log_ratios';
export { rewardJudge, rewardScores, type ScoredText, type ScoreTexts } from './reward_judge';
export { type Sample, type SampleOptions, samplePrompts } from './sample';
export { sampledKl } from './sampled_kl';
export { auc } from './statistics/auc';
export { aucInterval } from './statistics/auc_interval';
export { benjaminiHochberg } from './statistics/benjamini_hochberg';
export {
  type Calibration,
  type CalibrationBin,
  type CalibrationOptions,
  calibration,
  marginCalibration,
} from './statistics/calibration';
export { equalParts, type Part } from './statistics/equal_parts';
export { holm } from './statistics/holm';
export type { Estimate } from './statistics/interval';
export { type LengthControlledOptions, lengthControlled } from './statistics/length_controlled';
export { mannWhitney } from './statistics/mann_whitney';
export { type McNemar, mcnemar } from './statistics/mcnemar';
export { meanInterval } from './statistics/mean_interval';
export { newcombe, type Share } from './statistics/newcombe';
export { type PairedBootstrapOptions, pairedBootstrap } from './statistics/paired_bootstrap';
export { type PairedTTestOptions, pairedTTest } from './statistics/paired_t_test';
export { signTest } from './statistics/sign_test';
export { wilson } from './statistics/wilson';
export { type Alignment, table } from './table';
export { type Outcome, type WinRate, winRate, winRateWithoutTies } from './win_rate';
