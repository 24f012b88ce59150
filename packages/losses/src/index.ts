export { type CatalogueEntry, catalogue, createLoss, type LossName, type Tier } from './catalogue';
export { checkHalo } from './checker/check_halo';
export { describeHalo } from './checker/describe_halo';
export type {
  Clause,
  ClauseName,
  CounterExample,
  HaloDefinition,
  HaloReport,
  ProspectProperties,
  RewardKind,
  Verdict,
} from './checker/report';
export type { ClassWeights } from './classes';
export {
  type ConformanceCheck,
  type ConformanceReport,
  conformance,
  describeConformance,
} from './conformance/conformance';
export type * from './contract';
export { type CsftOptions, csft, csftDefaults } from './core/csft';
export { type DpoOptions, dpo, dpoDefaults } from './core/dpo';
export { type KtoOptions, kto, ktoDefaults } from './core/kto';
export { type PpoOptions, type PpoStatistics, ppo, ppoDefaults } from './core/ppo';
export { type SftOptions, sft, sftDefaults } from './core/sft';
export { type SlicOptions, slic, slicDefaults } from './core/slic';
export {
  type ApoZeroOptions,
  type ApoZeroUnpairedOptions,
  apoZero,
  apoZeroDefaults,
  apoZeroUnpaired,
  apoZeroUnpairedDefaults,
} from './experimental/apo_zero';
export {
  type BcoOptions,
  type BcoPairedOptions,
  bco,
  bcoDefaults,
  bcoPaired,
  bcoPairedDefaults,
} from './experimental/bco';
export { type BradleyTerryOptions, bradleyTerry, bradleyTerryDefaults } from './experimental/bradley_terry';
export { type CdpoOptions, cdpo, cdpoDefaults } from './experimental/cdpo';
export { type DpoSigmoidOptions, dpoSigmoid, dpoSigmoidDefaults } from './experimental/dpo_sigmoid';
export { type GrpoOptions, type GrpoStatistics, grpo, grpoDefaults } from './experimental/grpo';
export { type HingeOptions, hinge, hingeDefaults } from './experimental/hinge';
export { type IpoOptions, ipo, ipoDefaults } from './experimental/ipo';
export { ktoLogsigmoid } from './experimental/kto_logsigmoid';
export { type KtoSimpleOptions, ktoSimple, ktoSimpleDefaults } from './experimental/kto_simple';
export { type KtoSurprisalOptions, ktoSurprisal, ktoSurprisalDefaults } from './experimental/kto_surprisal';
export { type KtoZeroOptions, ktoZero, ktoZeroDefaults } from './experimental/kto_zero';
export { type OrpoOptions, orpo, orpoDefaults } from './experimental/orpo';
export { type RobustOptions, robust, robustDefaults } from './experimental/robust';
export { type SimpoOptions, simpo, simpoDefaults } from './experimental/simpo';
export { type Humanline, humanline, humanlineBounds } from './humanline';
export { type ClassCounts, lambdas } from './lambdas';
export {
  logRatios,
  meanLogps,
  meanLogRatios,
  preparedLogRatios,
  preparedMeanLogps,
  sequenceLogps,
  tokenLogRatios,
} from './log_ratio';
export { margin, type PairRewards, pairRewards } from './pairs';
export { type ProspectOptions, prospect, prospectDefaults } from './prospect';
export {
  type BatchRewards,
  fixedPoint,
  type MismatchedOptions,
  mismatchedMean,
  type ReferencePoint,
  type RunningMean,
  runningMean,
} from './reference_points';
export { hingeValue, kahnemanTversky, linear, logistic, logSigmoid, mixed, shifted } from './value_functions';
