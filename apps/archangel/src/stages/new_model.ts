import { type CausalLM, createModel, type ModelConfig, readConfig } from '@halokit/models';

/** The size of a model made from nothing. */
export interface ModelShape {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Longest row in tokens. */
  readonly context: number;
}

/**
 * A small model of Pythia's architecture with fresh weights. Their deviation is 1/sqrt(width), not Pythia's 0.02, which
 * suits widths in the thousands: at 128, attention starts so flat that it learns nothing for hundreds of steps.
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
    model_type: 'gpt_neox',
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
