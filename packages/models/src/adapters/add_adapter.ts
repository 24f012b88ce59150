import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { type CausalLM, createWeight } from '../causal_lm';
import { InputError } from '../input_error';
import { randomStream } from '../random_stream';
import { type Adapter, frozenByAdapter, matricesOf } from './adapter';
import { linearModules, targetModules } from './target_modules';

export interface AdapterOptions {
  /** Of the first numbers of A. */
  readonly seed: number;
  /** Default: 16. */
  readonly rank?: number;
  /** Default: 32. */
  readonly alpha?: number;
  /** Share of a layer's inputs that does not reach A in training. Default: 0.05. */
  readonly dropout?: number;
  /** Scale by alpha / sqrt(rank), which suits high ranks (rsLoRA). Default: false. */
  readonly rankStabilized?: boolean;
  /**
   * Which linear layers: ends of their module names, such as `q_proj`. Default: `all-linear`, those of all layers; the
   * vocabulary matrix is none of them.
   */
  readonly targets?: 'all-linear' | readonly string[];
}

/**
 * Gives a model low-rank adapters (LoRA): each linear layer that is meant gets matrices A and B, and computes
 *
 *     y = x W^T + b + (alpha / rank) dropout(x) A^T B^T        A [rank, in], B [out, rank]
 *
 * A starts uniform within +-1 / sqrt(in), as in PEFT, and B at 0, so the model is at first what it was. W, b and all other
 * weights are frozen: no gradient is computed for them and no optimiser keeps anything. Heads go on training. A packed
 * matrix such as GPT-NeoX's `query_key_value` is one linear layer. Defaults are those of TRL.
 *
 * Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models"; for rsLoRA, Kalajdzievski, "A Rank Stabilization
 * Scaling Factor for Fine-Tuning with LoRA".
 *
 * @returns a model that takes the given one's place: their common weights are the same variables, to be disposed of once
 * @throws InputError when the model has an adapter already, no linear layer is named so, or a number cannot be
 *
 * @example
 * const policy = addAdapter(await loadCheckpoint('pythia-1.4b'), { seed: 1, rank: 16, targets: ['query_key_value'] });
 * const reference = referenceModel(withoutAdapter(policy));
 */
export function addAdapter(model: CausalLM, options: AdapterOptions): CausalLM {
  const { seed, rank = 16, alpha = 32, dropout = 0.05, rankStabilized = false, targets = 'all-linear' } = options;
  const adapter = { rank, alpha, dropout, rankStabilized };
  check(adapter);
  const random = randomStream(seed);
  const shapes = linearModules(model.config);
  const matrices = new Map<string, AdapterMatrices>();
  for (const module of targetModules(model.config, targets)) {
    const [height, width] = shapes.get(module) as readonly [number, number];
    matrices.set(module, {
      a: uniform(rank * width, 1 / Math.sqrt(width), random),
      b: new Float32Array(height * rank),
    });
  }
  return attachAdapter(model, adapter, matrices);
}

/** The numbers of A and B. */
export interface AdapterMatrices {
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/**
 * Puts matrices by module name beside a model's weights, and freezes those.
 *
 * @throws InputError when the model has an adapter already
 */
export function attachAdapter(
  model: CausalLM,
  adapter: Adapter,
  matrices: ReadonlyMap<string, AdapterMatrices>,
  trainable = true,
): CausalLM {
  if (model.adapter) {
    throw new InputError('The model has an adapter already: train the one it has, or merge it first (mergeAdapter).');
  }
  const shapes = linearModules(model.config);
  const added = [...matrices].flatMap(([module, { a, b }]) => {
    const names = matricesOf(module);
    const [height, width] = shapes.get(module) as readonly [number, number];
    return [
      [names.a, createWeight(a, [adapter.rank, width], trainable)] as const,
      [names.b, createWeight(b, [height, adapter.rank], trainable)] as const,
    ];
  });
  const isFrozen = frozenByAdapter(model.config);
  for (const [name, weight] of model.weights) if (isFrozen(name)) weight.trainable = false;
  return { ...model, weights: new Map([...model.weights, ...added]), adapter };
}

function check({ rank, alpha, dropout }: Adapter): void {
  if (!Number.isSafeInteger(rank) || rank < 1) {
    throw new InputError(`rank is ${rank}; it must be a whole number of at least 1.`);
  }
  if (!(alpha > 0 && alpha < Number.POSITIVE_INFINITY)) {
    throw new InputError(`alpha is ${alpha}; it must be a number above 0.`);
  }
  if (!(dropout >= 0 && dropout < 1)) {
    throw new InputError(`dropout is ${dropout}; it must be at least 0 and below 1.`);
  }
}

function uniform(count: number, bound: number, random: RandomGenerator): Float32Array {
  return Float32Array.from({ length: count }, () => bound * (2 * uniformFloat64(random) - 1));
}
