// Fields of config.json files as they are published, by where such a file is found; what no family reads is kept.

type Json = Readonly<Record<string, unknown>>;

const pythia: Json = {
  architectures: ['GPTNeoXForCausalLM'],
  bos_token_id: 0,
  eos_token_id: 0,
  hidden_act: 'gelu',
  hidden_size: 512,
  initializer_range: 0.02,
  intermediate_size: 2048,
  layer_norm_eps: 1e-5,
  max_position_embeddings: 2048,
  model_type: 'gpt_neox',
  num_attention_heads: 8,
  num_hidden_layers: 6,
  rotary_emb_base: 10000,
  rotary_pct: 0.25,
  tie_word_embeddings: false,
  torch_dtype: 'float16',
  transformers_version: '4.24.0',
  use_cache: true,
  use_parallel_residual: true,
  vocab_size: 50304,
};

const withoutRope = ({ rotary_emb_base, rotary_pct, rope_theta, rope_scaling, torch_dtype, ...rest }: Json): Json =>
  rest;

const llama1: Json = {
  architectures: ['LlamaForCausalLM'],
  bos_token_id: 1,
  eos_token_id: 2,
  hidden_act: 'silu',
  hidden_size: 4096,
  initializer_range: 0.02,
  intermediate_size: 11008,
  max_position_embeddings: 2048,
  max_sequence_length: 2048,
  model_type: 'llama',
  num_attention_heads: 32,
  num_hidden_layers: 32,
  pad_token_id: 0,
  rms_norm_eps: 1e-6,
  tie_word_embeddings: false,
  torch_dtype: 'float16',
  transformers_version: '4.30.0.dev0',
  use_cache: true,
  vocab_size: 32000,
};
const { max_position_embeddings: _, ...llama1ByOldName } = llama1;

const llama2: Json = {
  ...llama1,
  max_position_embeddings: 4096,
  num_key_value_heads: 32,
  pretraining_tp: 1,
  rms_norm_eps: 1e-5,
  rope_scaling: null,
};

const llama3: Json = {
  architectures: ['LlamaForCausalLM'],
  attention_bias: false,
  attention_dropout: 0.0,
  bos_token_id: 128000,
  eos_token_id: 128001,
  hidden_act: 'silu',
  hidden_size: 4096,
  initializer_range: 0.02,
  intermediate_size: 14336,
  max_position_embeddings: 8192,
  model_type: 'llama',
  num_attention_heads: 32,
  num_hidden_layers: 32,
  num_key_value_heads: 8,
  pretraining_tp: 1,
  rms_norm_eps: 1e-5,
  rope_scaling: null,
  rope_theta: 500000.0,
  tie_word_embeddings: false,
  torch_dtype: 'bfloat16',
  use_cache: true,
  vocab_size: 128256,
};

const scaled = (factor: number) => ({
  factor,
  low_freq_factor: 1.0,
  high_freq_factor: 4.0,
  original_max_position_embeddings: 8192,
  rope_type: 'llama3',
});

const llama31Instruct: Json = {
  ...llama3,
  eos_token_id: [128001, 128008, 128009],
  max_position_embeddings: 131072,
  mlp_bias: false,
  rope_scaling: scaled(8.0),
};

const llama32: Json = {
  ...llama3,
  head_dim: 64,
  hidden_size: 2048,
  intermediate_size: 8192,
  max_position_embeddings: 131072,
  mlp_bias: false,
  num_hidden_layers: 16,
  rope_scaling: scaled(32.0),
  tie_word_embeddings: true,
};

const readScaling = (factor: number) => ({
  type: 'llama3',
  factor,
  lowFreqFactor: 1,
  highFreqFactor: 4,
  originalMaxPositionEmbeddings: 8192,
});

/** What is in the file, and what it means: parameters as published, and fields that are easily read wrong. */
export const realConfigs: Readonly<Record<string, { json: Json; parameters: number; says: Json }>> = {
  'pythia-70m': {
    json: pythia,
    parameters: 70_426_624,
    says: { hiddenAct: 'gelu', headSize: 64, rotaryPct: 0.25, useParallelResidual: true, attentionBias: true },
  },
  'pythia-2.8b-deduped, saved again by Transformers 4.31': {
    json: {
      ...pythia,
      attention_dropout: 0.0,
      classifier_dropout: 0.1,
      hidden_dropout: 0.0,
      hidden_size: 2560,
      intermediate_size: 10240,
      num_attention_heads: 32,
      num_hidden_layers: 32,
      rope_scaling: null,
    },
    parameters: 2_775_208_960,
    says: { headSize: 80, ropeScaling: undefined },
  },
  'pythia-12b, saved again by Transformers 4.50': {
    json: {
      ...pythia,
      attention_bias: true,
      attention_dropout: 0.0,
      hidden_size: 5120,
      intermediate_size: 20480,
      num_attention_heads: 40,
      num_hidden_layers: 36,
      partial_rotary_factor: 0.25,
      rope_scaling: null,
      rope_theta: 10000,
      vocab_size: 50688,
    },
    parameters: 11_846_072_320,
    says: { headSize: 128, rotaryPct: 0.25, ropeTheta: 10000 },
  },
  'pythia-160m, saved again by Transformers 5': {
    json: {
      ...withoutRope(pythia),
      dtype: 'float32',
      hidden_size: 768,
      intermediate_size: 3072,
      is_decoder: false,
      num_attention_heads: 12,
      num_hidden_layers: 12,
      pad_token_id: null,
      rope_parameters: { partial_rotary_factor: 0.5, rope_theta: 20000, rope_type: 'default' },
    },
    parameters: 162_322_944,
    says: { rotaryPct: 0.5, ropeTheta: 20000, ropeScaling: undefined },
  },
  'gpt-neox-20b': {
    json: {
      ...pythia,
      attention_probs_dropout_prob: 0,
      hidden_act: 'gelu_fast',
      hidden_dropout_prob: 0,
      hidden_size: 6144,
      intermediate_size: 24576,
      num_attention_heads: 64,
      num_hidden_layers: 44,
      vocab_size: 50432,
    },
    parameters: 20_554_567_680,
    says: { hiddenAct: 'gelu_fast', headSize: 96 },
  },
  'RedPajama-INCITE-3B': {
    json: {
      ...pythia,
      hidden_size: 2560,
      intermediate_size: 10240,
      num_attention_heads: 32,
      num_hidden_layers: 32,
      rotary_pct: 1.0,
      use_parallel_residual: false,
      vocab_size: 50432,
    },
    parameters: 2_775_864_320,
    says: { useParallelResidual: false, rotaryPct: 1 },
  },
  'a GPT-NeoX whose context was stretched': {
    json: { ...pythia, rope_scaling: { type: 'linear', factor: 4.0 } },
    parameters: 70_426_624,
    says: { ropeScaling: { type: 'linear', factor: 4 } },
  },
  'llama-7b': {
    json: llama1,
    parameters: 6_738_415_616,
    says: { numKeyValueHeads: 32, headSize: 128, ropeTheta: 10000, attentionBias: false, mlpBias: false },
  },
  'llama-7b, an early conversion': {
    json: { ...llama1ByOldName, bos_token_id: 0, eos_token_id: 1, max_sequence_length: 1024, pad_token_id: -1 },
    parameters: 6_738_415_616,
    says: { maxPositionEmbeddings: 1024, bosTokenId: 0, eosTokenId: 1 },
  },
  'Llama-2-13b': {
    json: {
      ...llama2,
      hidden_size: 5120,
      intermediate_size: 13824,
      num_attention_heads: 40,
      num_hidden_layers: 40,
      num_key_value_heads: 40,
      pretraining_tp: 2,
    },
    parameters: 13_015_864_320,
    says: { numKeyValueHeads: 40, maxPositionEmbeddings: 4096, rmsNormEps: 1e-5 },
  },
  'Llama-2-70b': {
    json: {
      ...llama2,
      hidden_size: 8192,
      intermediate_size: 28672,
      num_attention_heads: 64,
      num_hidden_layers: 80,
      num_key_value_heads: 8,
    },
    parameters: 68_976_648_192,
    says: { numKeyValueHeads: 8 },
  },
  'vicuna-7b-v1.5-16k': {
    json: { ...llama2, rope_scaling: { factor: 4.0, type: 'linear' } },
    parameters: 6_738_415_616,
    says: { ropeScaling: { type: 'linear', factor: 4 } },
  },
  'Meta-Llama-3-8B': {
    json: llama3,
    parameters: 8_030_261_248,
    says: { ropeTheta: 500000, ropeScaling: undefined, eosTokenId: 128001, eosTokenIds: undefined },
  },
  'Llama-3.1-8B-Instruct': {
    json: llama31Instruct,
    parameters: 8_030_261_248,
    says: { eosTokenId: 128001, eosTokenIds: [128001, 128008, 128009], ropeScaling: readScaling(8) },
  },
  'Llama-3.2-1B': {
    json: llama32,
    parameters: 1_235_814_400,
    says: { tieWordEmbeddings: true, headSize: 64, ropeScaling: readScaling(32) },
  },
  'Llama-3.2-1B, saved again by Transformers 5': {
    json: {
      ...withoutRope(llama32),
      dtype: 'bfloat16',
      pad_token_id: null,
      rope_parameters: { ...scaled(32.0), rope_theta: 500000.0 },
    },
    parameters: 1_235_814_400,
    says: { ropeTheta: 500000, ropeScaling: readScaling(32) },
  },
  'a Llama with biases': {
    json: { ...llama1, attention_bias: true, mlp_bias: true },
    parameters: 6_738_415_616 + 32 * (4 * 4096 + 2 * 11008 + 4096),
    says: { attentionBias: true, mlpBias: true },
  },
};

/** One field of an ordinary file made wrong, and what is said of it. */
export const wrongConfigs: readonly (readonly [json: Json, message: string])[] = [
  [{ ...pythia, model_type: 'bert' }, 'model_type is "bert"; known are gpt_neox, llama'],
  [{ ...pythia, model_type: 'toString' }, 'model_type is "toString"'],
  [{ ...llama1, model_type: undefined }, 'model_type is missing'],
  [{ ...llama1, hidden_size: undefined }, 'hidden_size is missing'],
  [{ ...llama1, hidden_size: '4096' }, 'hidden_size must be a number'],
  [{ ...llama1, hidden_size: 4100 }, 'hidden_size is 4100, no multiple of 32 heads'],
  [{ ...llama1, num_hidden_layers: 0 }, 'num_hidden_layers is 0; it must be a whole number of at least 1'],
  [{ ...llama1, num_hidden_layers: 2.5 }, 'num_hidden_layers is 2.5'],
  [{ ...llama1, vocab_size: 1e300 }, 'vocab_size is 1e+300'],
  [{ ...llama1, num_key_value_heads: 5 }, 'num_key_value_heads is 5, which does not divide 32 heads'],
  [{ ...llama1, head_dim: 5 }, 'head_dim is 5; rotary embeddings need an even one'],
  [{ ...llama1, hidden_act: 'gelu' }, 'hidden_act is "gelu"; known are silu'],
  [{ ...llama1, rms_norm_eps: 0 }, 'rms_norm_eps is 0; it must be a number above 0'],
  [{ ...llama1, rms_norm_eps: Number.NaN }, 'rms_norm_eps is NaN'],
  [{ ...llama1, initializer_range: -0.02 }, 'initializer_range is -0.02; it must be a number from 0 to 1'],
  [{ ...llama1, rope_theta: -1 }, 'rope_theta is -1'],
  [{ ...llama1, rope_theta: Number.POSITIVE_INFINITY }, 'rope_theta is Infinity'],
  [{ ...llama1, tie_word_embeddings: 'no' }, 'tie_word_embeddings must be a boolean'],
  [{ ...llama1, attention_bias: 1 }, 'attention_bias must be a boolean'],
  [{ ...llama1, eos_token_id: '</s>' }, 'eos_token_id is "</s>"; token ids are whole numbers from 0'],
  [{ ...llama1, eos_token_id: [2, -1] }, 'eos_token_id is [2,-1]'],
  [{ ...llama1, bos_token_id: [1] }, 'bos_token_id is [1]'],
  [{ ...llama1, quantization_config: { quant_method: 'gptq' } }, 'quantization_config says'],
  [{ ...llama1, partial_rotary_factor: 0.5 }, 'partial_rotary_factor is 0.5; llama rotates whole heads'],
  [{ ...llama1, rope_scaling: 'linear' }, 'rope_scaling must be an object'],
  [{ ...llama1, rope_scaling: ['linear', 2] }, 'rope_scaling must be an object'],
  [{ ...llama1, rope_scaling: { type: 'dynamic', factor: 2.0 } }, 'rope_scaling: type is "dynamic"; known are'],
  [{ ...llama1, rope_scaling: { rope_type: 'yarn', factor: 2.0 } }, 'rope_scaling: rope_type is "yarn"'],
  [{ ...llama1, rope_parameters: { rope_type: 'longrope' } }, 'rope_parameters: rope_type is "longrope"'],
  [{ ...llama1, rope_scaling: { type: 'linear' } }, 'rope_scaling: factor is missing'],
  [{ ...llama1, rope_scaling: { type: 'linear', factor: 0 } }, 'rope_scaling: factor is 0'],
  [
    { ...llama1, rope_scaling: { ...scaled(8), low_freq_factor: 4 } },
    'rope_scaling: low_freq_factor is 4; it must be below',
  ],
  [
    { ...llama1, rope_theta: 10000, rope_parameters: { rope_theta: 500000 } },
    'rope_theta is 10000 in one place and 500000 in another',
  ],
  [
    { ...llama1, rope_scaling: { type: 'linear', factor: 2 }, rope_parameters: { rope_type: 'linear', factor: 4 } },
    'rope_scaling is {"type":"linear","factor":2} in one place and',
  ],
  [{ ...pythia, hidden_act: 'relu' }, 'hidden_act is "relu"; known are gelu, gelu_new, gelu_fast, gelu_pytorch_tanh'],
  [{ ...pythia, hidden_act: 'constructor' }, 'hidden_act is "constructor"'],
  [{ ...pythia, rotary_pct: 1.25 }, 'rotary_pct is 1.25; it must be a number from 0 to 1'],
  [
    { ...pythia, rope_parameters: { rope_type: 'default', partial_rotary_factor: 0.5 } },
    'rotary_pct is 0.25 in one place and 0.5 in another',
  ],
  [{ ...pythia, rope_scaling: { type: 'dynamic', factor: 2.0 } }, 'rope_scaling: type is "dynamic"'],
  [{ ...pythia, use_parallel_residual: null, layer_norm_eps: 'small' }, 'layer_norm_eps must be a number'],
];
