export { type CatalogueEntry, catalogue, type LossName } from './catalogue';
export type * from './contract';
export { type DpoOptions, dpo, dpoDefaults } from './dpo';
export { type KtoOptions, kto, ktoDefaults } from './kto';
export { type LogRatioClamp, logRatios, preparedLogRatios, sequenceLogps } from './log_ratio';
export { type SftOptions, sft, sftDefaults } from './sft';
