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
export type { GptNeoxConfig, LlamaConfig, ModelConfig, RopeScaling } from './families/config';
export { readConfig, writeConfig } from './families/families';
export { type GenerateOptions, generate } from './generation/generate';
export { type SamplingOptions, sampleToken } from './generation/sample_token';
export { hasHead } from './heads/heads';
export { addRewardHead } from './heads/reward_head';
export { addValueHead } from './heads/value_head';
export { InputError } from './input_error';
export { fused } from './layers/fused';
export { labelLogps } from './layers/label_logps';
export { type LogpRowsOptions, type PlainOutputs, plainOutputs } from './rows/plain_outputs';
export { type RowOutputs, rowOutputs, type TokenLogps } from './rows/row_outputs';
export { logpRows, tokenLogps } from './rows/token_logps';
export type { TokenRow } from './rows/token_row';
