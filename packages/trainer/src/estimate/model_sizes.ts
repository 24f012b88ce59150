import type { Loss } from '@halokit/losses';
import {
  adapterShapes,
  embeddingNames,
  type LayerFootprint,
  layerFootprint,
  type ModelConfig,
  weightShapes,
} from '@halokit/models';

/** Low-rank matrices that are trained in place of the weights: what `addAdapter` is told. */
export interface AdapterFacts {
  readonly rank: number;
  /** Default: `all-linear`. */
  readonly targets?: 'all-linear' | readonly string[];
  readonly dropout: number;
}

/** What memory and work depend on of a model, in numbers (of float32) unless said otherwise. */
export interface ModelSizes {
  /** All weights, those of heads and of an adapter included. */
  readonly parameters: number;
  /** Those that have a gradient, and how many of them are in the vocabulary matrix and in other embeddings. */
  readonly trained: { readonly parameters: number; readonly vocabularyMatrix: number; readonly embeddings: number };
  /** What a frozen copy does not share with the policy once that has moved. */
  readonly copied: number;
  /** Weights of an adapter, and what it keeps of each token in all layers. */
  readonly adapter: { readonly parameters: number; readonly kept: number };
  /** Weights in matrices of the model itself: what a storage of 16 bits halves. */
  readonly matrices: number;
  /** Weights of the model itself, heads and adapter left out. */
  readonly trunk: number;
  /** Weights of the linear layers that every token goes through. */
  readonly linear: number;
  /** The vocabulary matrix. */
  readonly vocabularyMatrix: number;
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
  readonly footprint: LayerFootprint;
  /** The width between the two products of an MLP. */
  readonly inner: number;
}

/** The sizes of a model of this config, with the heads that a loss needs, and an adapter if it gets one. */
export function modelSizes(
  config: ModelConfig,
  { needs = {} }: Pick<Loss, 'needs'>,
  adapterFacts?: AdapterFacts,
): ModelSizes {
  const heads = (['value', 'reward'] as const).filter((name) => (name === 'value' ? needs.values : needs.scores));
  const { input, output } = embeddingNames(config);
  const trunk = Object.entries(weightShapes(config)).map(([name, shape]) => ({ name, shape, size: product(shape) }));
  const ofTrunk = total(trunk.map(({ size }) => size));
  const ofHeads = total(Object.values(weightShapes(config, heads)).map(product)) - ofTrunk;
  const adapter = adapterSizes(config, adapterFacts);
  const isLinear = ({ name, shape }: (typeof trunk)[number]) => shape.length > 1 && name !== input && name !== output;
  const vocabularyMatrix = config.vocabSize * config.hiddenSize;
  const embeddings = input === output ? 0 : vocabularyMatrix;
  return {
    parameters: ofTrunk + ofHeads + adapter.parameters,
    trained: adapterFacts
      ? { parameters: adapter.parameters + ofHeads, vocabularyMatrix: 0, embeddings: 0 }
      : { parameters: ofTrunk + ofHeads, vocabularyMatrix, embeddings },
    copied: adapterFacts ? adapter.parameters : ofTrunk,
    adapter,
    matrices: total(trunk.filter(({ shape }) => shape.length === 2).map(({ size }) => size)),
    trunk: ofTrunk,
    linear: total(trunk.filter(isLinear).map(({ size }) => size)),
    vocabularyMatrix,
    vocabulary: config.vocabSize,
    width: config.hiddenSize,
    layers: config.numLayers,
    heads: config.numHeads,
    headSize: config.headSize,
    footprint: layerFootprint(config),
    inner: config.intermediateSize,
  };
}

function adapterSizes(config: ModelConfig, adapter: AdapterFacts | undefined): ModelSizes['adapter'] {
  if (!adapter) return { parameters: 0, kept: 0 };
  const shapes = Object.entries(adapterShapes(config, adapter));
  // x A^T, before it is scaled and after; of dropout a byte for each input.
  const kept = shapes.map(([name, shape]) => {
    if (!name.endsWith('lora_A.weight')) return 0;
    return 2 * adapter.rank + (adapter.dropout > 0 ? (shape[1] as number) / 4 : 0);
  });
  return { parameters: total(shapes.map(([, shape]) => product(shape))), kept: total(kept) };
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1);
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
