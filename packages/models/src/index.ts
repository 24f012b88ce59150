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
export { InputError } from './input_error';
export { labelLogps } from './label_logps';
export { type SamplingOptions, sampleToken } from './sample_token';
export { type LogpRowsOptions, logpRows, type TokenLogps, tokenLogps } from './token_logps';
export type { TokenRow } from './token_row';
