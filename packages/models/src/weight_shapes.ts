import { familyOf, type ModelConfig } from './families/families';
import type { LayerFootprint, Shapes } from './families/family';
import type { Head } from './heads/head';
import { headWeights } from './heads/heads';

/** Every weight of a model of this config by its checkpoint name, and of the heads named; [out, in] for a linear layer. */
export function weightShapes(config: ModelConfig, heads: readonly Head['name'][] = []): Shapes {
  const ofHeads = heads.flatMap((name) => Object.entries(headWeights(config, name)));
  return {
    ...familyOf(config).shapes(config),
    ...Object.fromEntries(ofHeads.map(([name, { shape }]) => [name, shape])),
  };
}

/** What one layer of a model of this config holds of each token while it trains, in numbers. */
export function layerFootprint(config: ModelConfig): LayerFootprint {
  return familyOf(config).footprint(config);
}

/** The names of the token embeddings and of the vocabulary matrix, which are one where the two are tied. */
export function embeddingNames(config: ModelConfig): { readonly input: string; readonly output: string } {
  const family = familyOf(config);
  return { input: family.inputEmbedding, output: family.outputEmbedding(config) };
}
