import { type CausalLM, createModel, disposeModel, readConfig } from '@halokit/models';
import { onTestFinished } from 'vitest';

const config = readConfig({
  model_type: 'gpt_neox',
  vocab_size: 20,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  max_position_embeddings: 32,
  initializer_range: 0.5,
});

/** A model with random weights, 20 tokens and a context of 32 unless said otherwise, gone when the test is. */
export function tinyModel(seed: number, maxPositionEmbeddings = 32): CausalLM {
  const model = createModel({ ...config, maxPositionEmbeddings }, { seed });
  onTestFinished(() => disposeModel(model));
  return model;
}

/** A model whose weights have become NaN, as after a learning rate too high. */
export function brokenModel(): CausalLM {
  const model = createModel({ ...config, initializerRange: Number.NaN }, { seed: 0 });
  onTestFinished(() => disposeModel(model));
  return model;
}

export const ids = (...values: number[]): Int32Array => Int32Array.from(values);

export const sum = (values: ArrayLike<number> = []): number => Array.from(values).reduce((total, x) => total + x, 0);
