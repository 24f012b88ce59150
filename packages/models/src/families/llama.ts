import * as tf from '@tensorflow/tfjs-core';
import { attention, joinHeads, splitHeads } from '../layers/attention';
import { linear } from '../layers/linear';
import { rmsNorm } from '../layers/rms_norm';
import { type RotaryAngles, rotary, rotaryAngles } from '../layers/rotary';
import { swiglu } from '../layers/swiglu';
import type { ConfigReader, LlamaConfig, RopeScaling } from './config';
import type { Family, PassContext, WeightOf } from './family';

/**
 * Llama 1, 2 and 3: RMS norms, gated MLP, fully rotated heads, grouped-query attention, no biases unless configured.
 *
 * Source: Touvron et al., "LLaMA"; Hugging Face's `LlamaForCausalLM` for names and layout.
 */
export const llama: Family<LlamaConfig> = {
  modelType: 'llama',
  architecture: 'LlamaForCausalLM',
  inputEmbedding: 'model.embed_tokens.weight',
  outputEmbedding: (config) => (config.tieWordEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight'),
  ignored: /rotary_emb\.inv_freq$/,

  readConfig(reader) {
    const activation = reader.string('hidden_act', 'silu');
    if (activation !== 'silu') reader.refuse('hidden_act', `is "${activation}"; only "silu" is known`);
    const hiddenSize = reader.size('hidden_size');
    const numHeads = reader.size('num_attention_heads');
    const numKeyValueHeads = reader.size('num_key_value_heads', numHeads);
    if (numHeads % numKeyValueHeads !== 0) {
      reader.refuse('num_key_value_heads', `${numKeyValueHeads} does not divide ${numHeads} heads`);
    }
    return {
      modelType: 'llama',
      vocabSize: reader.size('vocab_size'),
      hiddenSize,
      intermediateSize: reader.size('intermediate_size'),
      numLayers: reader.size('num_hidden_layers'),
      numHeads,
      numKeyValueHeads,
      headSize: reader.size('head_dim', Math.floor(hiddenSize / numHeads)),
      maxPositionEmbeddings: reader.size('max_position_embeddings', 2048),
      initializerRange: reader.number('initializer_range', 0.02),
      rmsNormEps: reader.number('rms_norm_eps', 1e-6),
      ropeTheta: reader.number('rope_theta', 10000),
      ropeScaling: readRopeScaling(reader),
      attentionBias: reader.boolean('attention_bias', false),
      mlpBias: reader.boolean('mlp_bias', false),
      tieWordEmbeddings: reader.boolean('tie_word_embeddings', false),
      bosTokenId: reader.tokenId('bos_token_id'),
      eosTokenId: reader.tokenId('eos_token_id'),
    };
  },

  writeConfig: (config) => ({
    hidden_act: 'silu',
    head_dim: config.headSize,
    num_key_value_heads: config.numKeyValueHeads,
    rms_norm_eps: config.rmsNormEps,
    rope_theta: config.ropeTheta,
    rope_scaling: writeRopeScaling(config.ropeScaling),
    attention_bias: config.attentionBias,
    mlp_bias: config.mlpBias,
  }),

  hiddenStates(weight, config, embedded, context) {
    const angles = rotaryAngles(context.positions, config.headSize, config.ropeTheta, config.ropeScaling);
    let x: tf.Tensor = embedded;
    for (let layer = 0; layer < config.numLayers; layer++) {
      const of: WeightOf = (name) => weight(`model.layers.${layer}.${name}`);
      const norm = (input: tf.Tensor, name: string) => rmsNorm(input, of(`${name}.weight`), config.rmsNormEps);
      const input = x;
      // A layer's intermediate results go at its end, except those the backward pass needs.
      x = tf.tidy(() => {
        const attended = selfAttention(of, config, norm(input, 'input_layernorm'), angles, context, layer);
        const afterAttention = tf.add(input, attended);
        return tf.add(afterAttention, mlp(of, config, norm(afterAttention, 'post_attention_layernorm')));
      });
    }
    return rmsNorm(x, weight('model.norm.weight'), config.rmsNormEps) as tf.Tensor3D;
  },

  shapes(config) {
    const { hiddenSize: width, intermediateSize: inner, vocabSize, headSize } = config;
    const shapes: Record<string, number[]> = { 'model.embed_tokens.weight': [vocabSize, width] };
    for (let layer = 0; layer < config.numLayers; layer++) {
      const put = (name: string, weight: number[], bias: boolean) => {
        shapes[`model.layers.${layer}.${name}.weight`] = weight;
        if (bias) shapes[`model.layers.${layer}.${name}.bias`] = [weight[0] as number];
      };
      put('input_layernorm', [width], false);
      put('post_attention_layernorm', [width], false);
      put('self_attn.q_proj', [config.numHeads * headSize, width], config.attentionBias);
      put('self_attn.k_proj', [config.numKeyValueHeads * headSize, width], config.attentionBias);
      put('self_attn.v_proj', [config.numKeyValueHeads * headSize, width], config.attentionBias);
      put('self_attn.o_proj', [width, config.numHeads * headSize], config.attentionBias);
      put('mlp.gate_proj', [inner, width], config.mlpBias);
      put('mlp.up_proj', [inner, width], config.mlpBias);
      put('mlp.down_proj', [width, inner], config.mlpBias);
    }
    shapes['model.norm.weight'] = [width];
    if (!config.tieWordEmbeddings) shapes['lm_head.weight'] = [vocabSize, width];
    return shapes;
  },
};

function selfAttention(
  of: WeightOf,
  config: LlamaConfig,
  x: tf.Tensor,
  angles: RotaryAngles,
  context: PassContext,
  layer: number,
): tf.Tensor {
  const project = projection(of, config.attentionBias);
  const q = splitHeads(project('self_attn.q_proj', x), config.numHeads);
  const k = rotary(splitHeads(project('self_attn.k_proj', x), config.numKeyValueHeads), angles);
  const v = splitHeads(project('self_attn.v_proj', x), config.numKeyValueHeads);
  const seen = context.remember?.(layer, k, v) ?? { k, v };
  const mixed = joinHeads(attention(rotary(q, angles), seen.k, seen.v, context.mask));
  return project('self_attn.o_proj', mixed);
}

function mlp(of: WeightOf, config: LlamaConfig, x: tf.Tensor): tf.Tensor {
  const project = projection(of, config.mlpBias);
  return project('mlp.down_proj', swiglu(project('mlp.gate_proj', x), project('mlp.up_proj', x)));
}

function projection(of: WeightOf, bias: boolean) {
  return (name: string, x: tf.Tensor) => linear(x, of(`${name}.weight`), bias ? of(`${name}.bias`) : undefined);
}

function readRopeScaling(reader: ConfigReader): RopeScaling | undefined {
  const scaling = reader.object('rope_scaling');
  if (!scaling) return undefined;
  const type = scaling.string('rope_type', scaling.string('type', 'default'));
  if (type === 'default') return undefined;
  if (type === 'linear') return { type, factor: scaling.number('factor') };
  if (type !== 'llama3') return scaling.refuse('rope_type', `is "${type}"; known are "linear" and "llama3"`);
  return {
    type,
    factor: scaling.number('factor'),
    lowFreqFactor: scaling.number('low_freq_factor'),
    highFreqFactor: scaling.number('high_freq_factor'),
    originalMaxPositionEmbeddings: scaling.size('original_max_position_embeddings'),
  };
}

function writeRopeScaling(scaling: RopeScaling | undefined): Record<string, unknown> | null {
  if (!scaling) return null;
  if (scaling.type === 'linear') return { rope_type: 'linear', factor: scaling.factor };
  return {
    rope_type: 'llama3',
    factor: scaling.factor,
    low_freq_factor: scaling.lowFreqFactor,
    high_freq_factor: scaling.highFreqFactor,
    original_max_position_embeddings: scaling.originalMaxPositionEmbeddings,
  };
}
