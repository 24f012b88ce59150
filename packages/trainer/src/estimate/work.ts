import type { PassShape } from '@halokit/models';
import type { Resident } from './memory_parts';
import type { ModelSizes } from './model_sizes';
import { float, keepsLogits, layersAgain } from './moments';
import type { StepPasses } from './step_passes';

/** What a step computes and moves. */
export interface StepWork {
  /** Floating-point operations of matrix products, by what they are for. */
  readonly flops: {
    readonly reference: number;
    /** By the policy, without gradient. */
    readonly policy: number;
    /** Forward and backward. */
    readonly training: number;
  };
  /** Bytes that everything else reads and writes: activations, attention's shares, gradients, the update. */
  readonly bytes: number;
}

/**
 * How often what is not a product goes through memory, counted on the kernels of the onnxruntime backend: numbers read and
 * written for each number kept of a layer, forward and backward, and for each of attention's shares.
 */
const trips = { forward: 3, backward: 4, sharesForward: 5, sharesBackward: 8 } as const;

/** The arithmetic and the memory traffic of one step. */
export function stepWork(
  sizes: ModelSizes,
  { slots, shards = 1, gradientCheckpointing = false }: Pick<Resident, 'slots' | 'shards' | 'gradientCheckpointing'>,
  { reference, policy, training }: StepPasses,
): StepWork {
  const again = layersAgain(sizes.layers, gradientCheckpointing);
  const sum = (passes: readonly PassShape[], of: (pass: PassShape) => number) =>
    passes.reduce((total, pass) => total + of(pass), 0);
  const forward = (pass: PassShape) => products(sizes, pass).layers + products(sizes, pass).vocabulary;
  const trained = (pass: PassShape) => {
    const { layers, vocabulary, frozen } = products(sizes, pass);
    return (
      3 * layers +
      (again ? computedAgain(sizes, pass, again) : 0) +
      (keepsLogits(sizes, pass) ? 3 : 4) * vocabulary -
      frozen
    );
  };
  const plain = [...reference, ...policy];
  const moved = (pass: PassShape, layer: number, shares: number) => {
    const tokens = pass.rows * pass.tokens;
    return sizes.layers * tokens * (layer * sizes.footprint.kept + shares * sizes.heads * pass.tokens);
  };
  // A sum reads two gradients and writes one; the norm reads once; the update reads and writes all but the gradient. Of a sharded
  // optimiser both go through a part.
  const perWeight = training.length === 0 ? 0 : 3 * (training.length - 1) + (1 + 2 * (1 + slots) + 1) / shards;
  const numbers =
    sum(plain, (pass) => moved(pass, trips.forward, trips.sharesForward)) +
    sum(training, (pass) => moved(pass, trips.forward + trips.backward, trips.sharesForward + trips.sharesBackward)) +
    sum(again ? training : [], (pass) => moved(pass, trips.forward, trips.sharesForward)) +
    perWeight * sizes.trained.parameters;
  return {
    flops: { reference: sum(reference, forward), policy: sum(policy, forward), training: sum(training, trained) },
    bytes: float * numbers,
  };
}

/** Operations of the layers' forward pass, but for the last product of each run of layers, which nobody reads. */
function computedAgain(sizes: ModelSizes, pass: PassShape, again: number): number {
  const last = 2 * sizes.width * sizes.inner * pass.rows * pass.tokens;
  return products(sizes, pass).layers - Math.ceil(sizes.layers / again) * last;
}

/**
 * Operations of a forward pass: 2 for each weight of the layers (an adapter's included) and token, 4 for each token, key and
 * dimension of attention, 2 for each number of the vocabulary matrix and predicted token. Masked positions are computed,
 * and count. A backward pass has twice as many, but for the gradients of frozen matrices.
 */
function products(sizes: ModelSizes, { rows, tokens, predictions }: PassShape) {
  const attention = 4 * sizes.layers * sizes.heads * sizes.headSize * rows * tokens * tokens;
  const linear = 2 * sizes.linear * rows * tokens;
  const vocabulary = 2 * sizes.vocabularyMatrix * predictions;
  return {
    layers: linear + 2 * sizes.adapter.parameters * rows * tokens + attention,
    vocabulary,
    frozen: sizes.adapter.parameters > 0 ? linear + vocabulary : 0,
  };
}
