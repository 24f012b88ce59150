import { type CausalLM, createModel, type ModelConfig, readConfig } from '@halokit/models';

/** What a model made from nothing is like. */
export interface ModelShape {
  /** Pythia, unless stated. */
  readonly family?: 'pythia' | 'llama';
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Longest row in tokens. */
  readonly context: number;
}

/**
 * A small model of Pythia's or Llama's architecture with fresh weights. Their deviation is 1/sqrt(width), not the 0.02 of
 * both families, which suits widths in the thousands: at 128, attention starts so flat that it learns nothing for
 * hundreds of steps.
 */
export function newModel(
  shape: ModelShape,
  tokenizer: { vocabularySize: number; eosId: number },
  seed: number,
): CausalLM {
  return createModel(newModelConfig(shape, tokenizer), { seed });
}

/** What it is like, before there is one. */
export function newModelConfig(shape: ModelShape, tokenizer: { vocabularySize: number; eosId: number }): ModelConfig {
  return readConfig({
    ...(shape.family === 'llama' ? llama(shape.width) : { model_type: 'gpt_neox' }),
    vocab_size: tokenizer.vocabularySize,
    hidden_size: shape.width,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    max_position_embeddings: shape.context,
    initializer_range: 1 / Math.sqrt(shape.width),
    bos_token_id: tokenizer.eosId,
    eos_token_id: tokenizer.eosId,
  });
}

/** Its gated MLP has three matrices for Pythia's two: 8/3 of the width, to eights, makes about as many weights as 4 there. */
function llama(width: number): object {
  return {
    ...{ model_type: 'llama', intermediate_size: 8 * Math.max(1, Math.round(width / 3)), rms_norm_eps: 1e-5 },
    tie_word_embeddings: false,
  };
}
