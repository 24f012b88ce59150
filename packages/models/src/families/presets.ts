import { InputError } from '../input_error';
import { type ModelConfig, readConfig } from './families';

type Json = Readonly<Record<string, unknown>>;

/** A Pythia by its sizes; its MLP is four times as wide as its residual stream. */
function pythia(layers: number, width: number, heads: number, vocabulary = 50304): Json {
  return {
    ...{ model_type: 'gpt_neox', hidden_size: width, intermediate_size: 4 * width, vocab_size: vocabulary },
    ...{ num_hidden_layers: layers, num_attention_heads: heads, max_position_embeddings: 2048 },
    ...{ hidden_act: 'gelu', layer_norm_eps: 1e-5, initializer_range: 0.02, use_parallel_residual: true },
    ...{ rotary_pct: 0.25, rotary_emb_base: 10000, tie_word_embeddings: false, bos_token_id: 0, eos_token_id: 0 },
  };
}

/** A Llama of the first generation by its sizes. */
function llama1(layers: number, width: number, heads: number, inner: number): Json {
  return {
    ...{ model_type: 'llama', hidden_size: width, intermediate_size: inner, vocab_size: 32000 },
    ...{ num_hidden_layers: layers, num_attention_heads: heads, max_position_embeddings: 2048 },
    ...{ hidden_act: 'silu', rms_norm_eps: 1e-6, initializer_range: 0.02 },
    ...{ tie_word_embeddings: false, bos_token_id: 1, eos_token_id: 2 },
  };
}

// The two largest Pythias pad their vocabulary further, to divide it among more processors.
const presets = {
  'pythia-70m': pythia(6, 512, 8),
  'pythia-160m': pythia(12, 768, 12),
  'pythia-410m': pythia(24, 1024, 16),
  'pythia-1b': pythia(16, 2048, 8),
  'pythia-1.4b': pythia(24, 2048, 16),
  'pythia-2.8b': pythia(32, 2560, 32),
  'pythia-6.9b': pythia(32, 4096, 32, 50432),
  'pythia-12b': pythia(36, 5120, 40, 50688),
  'llama-7b': llama1(32, 4096, 32, 11008),
  'llama-13b': llama1(40, 5120, 40, 13824),
  'llama-30b': llama1(60, 6656, 52, 17920),
} as const satisfies Record<string, Json>;

/** A published model whose sizes are known here. */
export type PresetName = keyof typeof presets;

/** Every preset, smallest first in each family. */
export const presetNames = Object.keys(presets) as readonly PresetName[];

/**
 * The config of a published model, as its `config.json` has it: sizes without weights.
 *
 * Source: Biderman et al., "Pythia", and Touvron et al., "LLaMA", as their checkpoints on Hugging Face have them.
 *
 * @throws InputError for a name that is none, with those that are
 * @example
 * parameterCount(preset('pythia-1.4b')); // 1,414,647,808
 */
export function preset(name: string): ModelConfig {
  if (Object.hasOwn(presets, name)) return readConfig(presets[name as PresetName], name);
  throw new InputError(`There is no preset "${name}". There are: ${presetNames.join(', ')}.`);
}
