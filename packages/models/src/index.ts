export {
  type CausalLM,
  cloneModel,
  createModel,
  disposeModel,
  hiddenStates,
  logits,
  outputEmbedding,
  parameterCount,
} from './causal_lm';
export type { GptNeoxConfig, LlamaConfig, ModelConfig, RopeScaling } from './config';
export { readConfig, writeConfig } from './families';
export { fused } from './fused';
export { type GenerateOptions, generate } from './generate';
export { hasHead } from './heads';
export { InputError } from './input_error';
export { labelLogps } from './label_logps';
export { type LogpRowsOptions, type PlainOutputs, plainOutputs } from './plain_outputs';
export { addRewardHead } from './reward_head';
export { type RowOutputs, rowOutputs, type TokenLogps } from './row_outputs';
export { type SamplingOptions, sampleToken } from './sample_token';
export { logpRows, tokenLogps } from './token_logps';
export type { TokenRow } from './token_row';
export { addValueHead } from './value_head';
