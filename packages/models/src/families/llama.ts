import * as tf from '@tensorflow/tfjs-core';
import { attention, joinHeads, splitHeads } from '../layers/attention';
import { rmsNorm } from '../layers/rms_norm';
import { rotary, rotaryAngles } from '../layers/rotary';
import { swiglu } from '../layers/swiglu';
import { readShared, type SharedConfig } from './config';
import type { Family, LayerPass, Weights } from './family';
import { readRope, writeRope } from './rope';

const ropeFields = { theta: ['rope_theta'], share: ['partial_rotary_factor'] } as const;

/** Llama 1, 2 and 3. */
export interface LlamaConfig extends SharedConfig {
  readonly modelType: 'llama';
  readonly rmsNormEps: number;
  /** Fewer than `numHeads` for grouped-query attention. */
  readonly numKeyValueHeads: number;
  /** Whether the linear layers of attention have biases. */
  readonly attentionBias: boolean;
  /** Whether those of the MLP have. */
  readonly mlpBias: boolean;
}

/**
 * Llama 1, 2 and 3: RMS norms, gated MLP, fully rotated heads, grouped-query attention, no biases unless configured.
 * `pretraining_tp` cuts the same products into parts, and `attention_dropout` is for pretraining: neither is read.
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
    const shared = readShared(reader);
    const { numHeads } = shared;
    // Its only activation, which needs no field in the config.
    reader.oneOf('hidden_act', { silu: swiglu }, 'silu');
    const { rotatedShare, ...rope } = readRope(reader, ropeFields, 1);
    if (rotatedShare !== 1) reader.refuse('partial_rotary_factor', `is ${rotatedShare}; llama rotates whole heads`);
    const numKeyValueHeads = reader.size('num_key_value_heads', numHeads);
    if (numHeads % numKeyValueHeads !== 0) {
      reader.refuse('num_key_value_heads', `is ${numKeyValueHeads}, which does not divide ${numHeads} heads`);
    }
    const headSize = reader.size('head_dim', shared.headSize);
    if (headSize % 2 !== 0) reader.refuse('head_dim', `is ${headSize}; rotary embeddings need an even one`);
    return {
      modelType: 'llama',
      ...shared,
      ...rope,
      headSize,
      intermediateSize: reader.size('intermediate_size'),
      numKeyValueHeads,
      rmsNormEps: reader.positive('rms_norm_eps', 1e-6),
      attentionBias: reader.boolean('attention_bias', false),
      mlpBias: reader.boolean('mlp_bias', false),
    };
  },

  writeConfig: (config) => ({
    hidden_act: 'silu',
    head_dim: config.headSize,
    num_key_value_heads: config.numKeyValueHeads,
    rms_norm_eps: config.rmsNormEps,
    ...writeRope(config, ropeFields),
    attention_bias: config.attentionBias,
    mlp_bias: config.mlpBias,
  }),

  angles: (config, positions) => rotaryAngles(positions, config.headSize, config.ropeTheta, config.ropeScaling),

  layerPrefix: (layer) => `model.layers.${layer}.`,

  layer(weights, config, x, pass) {
    const attended = selfAttention(weights, config, norm(weights, config, 'input_layernorm', x), pass);
    const afterAttention = tf.add(x, attended);
    return tf.add(afterAttention, mlp(weights, norm(weights, config, 'post_attention_layernorm', afterAttention)));
  },

  footprint({ hiddenSize: width, intermediateSize: inner, numHeads, numKeyValueHeads, headSize }) {
    // What the norms read and make; q and attention's result, k and v; gate, up and their product.
    const attention = 2 * (numHeads + numKeyValueHeads) * headSize;
    return {
      ...{ kept: 4 * width + attention + 3 * inner + 2, working: 7 * inner + 2 * width },
      plain: { attention: 2 * width + (numHeads + 2 * numKeyValueHeads) * headSize, mlp: 4 * inner + 4 * width },
    };
  },

  keyValueHeads: ({ numKeyValueHeads }) => numKeyValueHeads,

  finalNorm: (weights, config, x) => norm(weights, config, 'model.norm', x) as tf.Tensor3D,

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

function norm(weights: Weights, { rmsNormEps }: LlamaConfig, name: string, x: tf.Tensor): tf.Tensor {
  return rmsNorm(x, weights.get(`${name}.weight`), rmsNormEps);
}

function selfAttention(weights: Weights, config: LlamaConfig, x: tf.Tensor, pass: LayerPass): tf.Tensor {
  const q = splitHeads(weights.linear('self_attn.q_proj', x), config.numHeads);
  const k = rotary(splitHeads(weights.linear('self_attn.k_proj', x), config.numKeyValueHeads), pass.angles);
  const v = splitHeads(weights.linear('self_attn.v_proj', x), config.numKeyValueHeads);
  const seen = pass.remember?.(k, v) ?? { k, v };
  const mixed = joinHeads(attention(rotary(q, pass.angles), seen.k, seen.v, pass.mask));
  return weights.linear('self_attn.o_proj', mixed);
}

function mlp(weights: Weights, x: tf.Tensor): tf.Tensor {
  return weights.linear('mlp.down_proj', swiglu(weights.linear('mlp.gate_proj', x), weights.linear('mlp.up_proj', x)));
}
