import * as tf from '@tensorflow/tfjs-core';
import { attention, joinHeads, splitHeads } from '../layers/attention';
import { gelu } from '../layers/gelu';
import { layerNorm } from '../layers/layer_norm';
import { linear } from '../layers/linear';
import { type RotaryAngles, rotary, rotaryAngles } from '../layers/rotary';
import type { GptNeoxConfig } from './config';
import type { Family, PassContext, WeightOf } from './family';

/**
 * GPT-NeoX, the architecture of Pythia: layer norms, biases everywhere, exact GELU, partly rotated heads, and
 * attention and MLP in parallel (or one after the other, where the config says so).
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
    const activation = reader.string('hidden_act', 'gelu');
    if (activation !== 'gelu') reader.refuse('hidden_act', `is "${activation}"; only the exact "gelu" is known`);
    const hiddenSize = reader.size('hidden_size');
    const numHeads = reader.size('num_attention_heads');
    if (hiddenSize % numHeads !== 0)
      reader.refuse('hidden_size', `${hiddenSize} is not a multiple of ${numHeads} heads`);
    return {
      modelType: 'gpt_neox',
      vocabSize: reader.size('vocab_size'),
      hiddenSize,
      intermediateSize: reader.size('intermediate_size', 4 * hiddenSize),
      numLayers: reader.size('num_hidden_layers'),
      numHeads,
      headSize: hiddenSize / numHeads,
      maxPositionEmbeddings: reader.size('max_position_embeddings', 2048),
      initializerRange: reader.number('initializer_range', 0.02),
      layerNormEps: reader.number('layer_norm_eps', 1e-5),
      ropeTheta: reader.number('rotary_emb_base', 10000),
      rotaryPct: reader.number('rotary_pct', 0.25),
      useParallelResidual: reader.boolean('use_parallel_residual', true),
      tieWordEmbeddings: reader.boolean('tie_word_embeddings', false),
      bosTokenId: reader.tokenId('bos_token_id'),
      eosTokenId: reader.tokenId('eos_token_id'),
    };
  },

  writeConfig: (config) => ({
    hidden_act: 'gelu',
    layer_norm_eps: config.layerNormEps,
    rotary_emb_base: config.ropeTheta,
    rotary_pct: config.rotaryPct,
    use_parallel_residual: config.useParallelResidual,
  }),

  hiddenStates(weight, config, embedded, context) {
    const rotated = 2 * Math.floor((config.headSize * config.rotaryPct) / 2);
    const angles = rotaryAngles(context.positions, rotated, config.ropeTheta);
    let x: tf.Tensor = embedded;
    for (let layer = 0; layer < config.numLayers; layer++) {
      const of: WeightOf = (name) => weight(`gpt_neox.layers.${layer}.${name}`);
      const norm = (input: tf.Tensor, name: string) =>
        layerNorm(input, of(`${name}.weight`), of(`${name}.bias`), config.layerNormEps);
      const input = x;
      // A layer's intermediate results go at its end, except those the backward pass needs.
      x = tf.tidy(() => {
        const attended = selfAttention(of, config, norm(input, 'input_layernorm'), angles, context, layer);
        const afterAttention = tf.add(input, attended);
        const mlpInput = config.useParallelResidual ? input : afterAttention;
        return tf.add(afterAttention, mlp(of, norm(mlpInput, 'post_attention_layernorm')));
      });
    }
    const name = 'gpt_neox.final_layer_norm';
    return layerNorm(x, weight(`${name}.weight`), weight(`${name}.bias`), config.layerNormEps) as tf.Tensor3D;
  },

  shapes(config) {
    const { hiddenSize: width, intermediateSize: inner, vocabSize } = config;
    const shapes: Record<string, number[]> = { 'gpt_neox.embed_in.weight': [vocabSize, width] };
    for (let layer = 0; layer < config.numLayers; layer++) {
      const put = (name: string, weight: number[]) => {
        shapes[`gpt_neox.layers.${layer}.${name}.weight`] = weight;
        shapes[`gpt_neox.layers.${layer}.${name}.bias`] = [weight[0] as number];
      };
      put('input_layernorm', [width]);
      put('post_attention_layernorm', [width]);
      put('attention.query_key_value', [3 * width, width]);
      put('attention.dense', [width, width]);
      put('mlp.dense_h_to_4h', [inner, width]);
      put('mlp.dense_4h_to_h', [width, inner]);
    }
    shapes['gpt_neox.final_layer_norm.weight'] = [width];
    shapes['gpt_neox.final_layer_norm.bias'] = [width];
    if (!config.tieWordEmbeddings) shapes['embed_out.weight'] = [vocabSize, width];
    return shapes;
  },
};

function selfAttention(
  of: WeightOf,
  config: GptNeoxConfig,
  x: tf.Tensor,
  angles: RotaryAngles,
  context: PassContext,
  layer: number,
): tf.Tensor {
  const packed = linear(x, of('attention.query_key_value.weight'), of('attention.query_key_value.bias'));
  // Each head has its query, key and value beside each other.
  const [q, k, v] = tf.split(splitHeads(packed, config.numHeads), 3, 3) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  const turned = { k: rotary(k, angles), v };
  const seen = context.remember?.(layer, turned.k, turned.v) ?? turned;
  const mixed = joinHeads(attention(rotary(q, angles), seen.k, seen.v, context.mask));
  return linear(mixed, of('attention.dense.weight'), of('attention.dense.bias'));
}

function mlp(of: WeightOf, x: tf.Tensor): tf.Tensor {
  const inner = gelu(linear(x, of('mlp.dense_h_to_4h.weight'), of('mlp.dense_h_to_4h.bias')));
  return linear(inner, of('mlp.dense_4h_to_h.weight'), of('mlp.dense_4h_to_h.bias'));
}
