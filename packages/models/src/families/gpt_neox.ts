import * as tf from '@tensorflow/tfjs-core';
import { attention, joinHeads, splitHeads } from '../layers/attention';
import { gelu } from '../layers/gelu';
import { geluTanh } from '../layers/gelu_tanh';
import { layerNorm } from '../layers/layer_norm';
import { rotary, rotaryAngles } from '../layers/rotary';
import { readShared, type SharedConfig } from './config';
import type { Family, LayerPass, Weights } from './family';
import { readRope, writeRope } from './rope';

/** By Hugging Face's names, three of which stand for one function. */
const activations = { gelu, gelu_new: geluTanh, gelu_fast: geluTanh, gelu_pytorch_tanh: geluTanh };

const ropeFields = {
  theta: ['rotary_emb_base', 'rope_theta'],
  share: ['rotary_pct', 'partial_rotary_factor'],
} as const;

/** GPT-NeoX, the architecture of Pythia. */
export interface GptNeoxConfig extends SharedConfig {
  readonly modelType: 'gpt_neox';
  readonly hiddenAct: keyof typeof activations;
  readonly layerNormEps: number;
  /** Share of each head that is rotated. */
  readonly rotaryPct: number;
  /** Attention and MLP read the same input (Pythia) or one after the other. */
  readonly useParallelResidual: boolean;
  /** Whether the attention's linear layers have biases. */
  readonly attentionBias: boolean;
}

/**
 * GPT-NeoX, the architecture of Pythia: layer norms, biases everywhere (in attention, unless the config says otherwise),
 * GELU, partly rotated heads, and attention and MLP in parallel (or one after the other, where the config says so).
 * Dropout (`attention_dropout`, `hidden_dropout`) is for pretraining: it is never applied.
 *
 * Source: Black et al., "GPT-NeoX-20B"; Hugging Face's `GPTNeoXForCausalLM` for names and layout.
 */
export const gptNeox: Family<GptNeoxConfig> = {
  modelType: 'gpt_neox',
  architecture: 'GPTNeoXForCausalLM',
  inputEmbedding: 'gpt_neox.embed_in.weight',
  outputEmbedding: (config) => (config.tieWordEmbeddings ? 'gpt_neox.embed_in.weight' : 'embed_out.weight'),
  ignored: /\.attention\.(bias|masked_bias|rotary_emb\.inv_freq)$/,

  readConfig(reader) {
    const shared = readShared(reader);
    const { rotatedShare, ...rope } = readRope(reader, ropeFields, 0.25);
    return {
      modelType: 'gpt_neox',
      ...shared,
      ...rope,
      hiddenAct: reader.oneOf('hidden_act', activations, 'gelu'),
      intermediateSize: reader.size('intermediate_size', 4 * shared.hiddenSize),
      layerNormEps: reader.positive('layer_norm_eps', 1e-5),
      rotaryPct: rotatedShare,
      useParallelResidual: reader.boolean('use_parallel_residual', true),
      attentionBias: reader.boolean('attention_bias', true),
    };
  },

  writeConfig: (config) => ({
    hidden_act: config.hiddenAct,
    layer_norm_eps: config.layerNormEps,
    ...writeRope(config, ropeFields, config.rotaryPct),
    use_parallel_residual: config.useParallelResidual,
    attention_bias: config.attentionBias,
  }),

  angles(config, positions) {
    const rotated = 2 * Math.floor((config.headSize * config.rotaryPct) / 2);
    return rotaryAngles(positions, rotated, config.ropeTheta, config.ropeScaling);
  },

  layerPrefix: (layer) => `gpt_neox.layers.${layer}.`,

  layer(weights, config, x, pass) {
    const attended = selfAttention(weights, config, norm(weights, config, 'input_layernorm', x), pass);
    const afterAttention = tf.add(x, attended);
    const mlpInput = config.useParallelResidual ? x : afterAttention;
    return tf.add(afterAttention, mlp(weights, config, norm(weights, config, 'post_attention_layernorm', mlpInput)));
  },

  footprint({ hiddenSize: width, intermediateSize: inner, useParallelResidual }) {
    // Both norms read the layer's input, or each its own. Norms' results, q, k, v and attention's result; before GELU and after.
    const inputs = useParallelResidual ? 1 : 2;
    return {
      ...{ kept: (inputs + 6) * width + 2 * inner + 4, working: 4 * inner + 2 * width },
      // In parallel, the MLP's input waits for attention.
      plain: { attention: (useParallelResidual ? 9 : 8) * width, mlp: 2 * inner + 4 * width },
    };
  },

  keyValueHeads: ({ numHeads }) => numHeads,

  finalNorm: (weights, config, x) => norm(weights, config, 'gpt_neox.final_layer_norm', x) as tf.Tensor3D,

  shapes(config) {
    const { hiddenSize: width, intermediateSize: inner, vocabSize } = config;
    const shapes: Record<string, number[]> = { 'gpt_neox.embed_in.weight': [vocabSize, width] };
    for (let layer = 0; layer < config.numLayers; layer++) {
      const put = (name: string, weight: number[], bias = true) => {
        shapes[`gpt_neox.layers.${layer}.${name}.weight`] = weight;
        if (bias) shapes[`gpt_neox.layers.${layer}.${name}.bias`] = [weight[0] as number];
      };
      put('input_layernorm', [width]);
      put('post_attention_layernorm', [width]);
      put('attention.query_key_value', [3 * width, width], config.attentionBias);
      put('attention.dense', [width, width], config.attentionBias);
      put('mlp.dense_h_to_4h', [inner, width]);
      put('mlp.dense_4h_to_h', [width, inner]);
    }
    shapes['gpt_neox.final_layer_norm.weight'] = [width];
    shapes['gpt_neox.final_layer_norm.bias'] = [width];
    if (!config.tieWordEmbeddings) shapes['embed_out.weight'] = [vocabSize, width];
    return shapes;
  },
};

function norm(weights: Weights, { layerNormEps }: GptNeoxConfig, name: string, x: tf.Tensor): tf.Tensor {
  return layerNorm(x, weights.get(`${name}.weight`), weights.get(`${name}.bias`), layerNormEps);
}

function selfAttention(weights: Weights, config: GptNeoxConfig, x: tf.Tensor, pass: LayerPass): tf.Tensor {
  const packed = weights.linear('attention.query_key_value', x);
  // Each head has its query, key and value beside each other.
  const [q, k, v] = tf.split(splitHeads(packed, config.numHeads), 3, 3) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  const turned = { k: rotary(k, pass.angles), v };
  const seen = pass.remember?.(turned.k, turned.v) ?? turned;
  const mixed = joinHeads(attention(rotary(q, pass.angles), seen.k, seen.v, pass.mask));
  return weights.linear('attention.dense', mixed);
}

function mlp(weights: Weights, { hiddenAct }: GptNeoxConfig, x: tf.Tensor): tf.Tensor {
  return weights.linear('mlp.dense_4h_to_h', activations[hiddenAct](weights.linear('mlp.dense_h_to_4h', x)));
}
