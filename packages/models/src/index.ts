export type { Adapter } from './adapters/adapter';
export { type AdapterOptions, addAdapter } from './adapters/add_adapter';
export { withDropout } from './adapters/dropout';
export { mergeAdapter, withoutAdapter } from './adapters/merge_adapter';
export { readAdapter } from './adapters/read_adapter';
export { adapterShapes } from './adapters/target_modules';
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
export { blobFiles } from './checkpoint/blob_files';
export type { CheckpointFile, CheckpointFiles } from './checkpoint/checkpoint_files';
export { endTokenIds, type GenerationConfig } from './checkpoint/generation_config';
export type { CheckpointJson } from './checkpoint/json_files';
export { type ReadOptions, readCheckpoint } from './checkpoint/read_checkpoint';
export { urlFiles } from './checkpoint/url_files';
export type { SavedDtype } from './checkpoint/weight_format';
export { type ModelConfig, readConfig, writeConfig } from './families/families';
export type { LayerFootprint } from './families/family';
export type { GptNeoxConfig } from './families/gpt_neox';
export type { LlamaConfig } from './families/llama';
export { type PresetName, preset, presetNames } from './families/presets';
export { generate, generateStream } from './generation/generate';
export type { GenerateOptions } from './generation/generate_options';
export type { GeneratedToken, ResponseEnd } from './generation/open_response';
export { sampleToken } from './generation/sample_token';
export type { SamplingOptions } from './generation/sampling_options';
export { type Decode, type TextStream, textStream } from './generation/text_stream';
export { hasHead } from './heads/heads';
export { addRewardHead } from './heads/reward_head';
export { addValueHead } from './heads/value_head';
export { InputError } from './input_error';
export type { BackwardOptions } from './layer_stack';
export { fused } from './layers/fused';
export { labelLogps } from './layers/label_logps';
export type { RopeScaling } from './layers/rotary';
export { type LogpRowsOptions, type PlainOutputs, plainOutputs, plainPasses } from './rows/plain_outputs';
export { type RowOutputs, rowOutputs, type TokenLogps } from './rows/row_outputs';
export { type PassShape, passShape } from './rows/token_layout';
export { logpRows, tokenLogps } from './rows/token_logps';
export type { TokenRow } from './rows/token_row';
export { lowPrecisionCopy } from './storage/low_precision_copy';
export type { Storage } from './storage/storage';
export { type StreamedLayer, type StreamOptions, streamedLogps } from './streaming/streamed_logps';
export { embeddingNames, layerFootprint, weightShapes } from './weight_shapes';
