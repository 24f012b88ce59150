import type { MemoryParts, PeakMemory, Resident } from './memory_parts';
import type { ModelSizes } from './model_sizes';
import { float, type Moment } from './moments';
import { madeByUpdate } from './on_gpu';
import { plainMoments } from './plain_moments';
import type { StepPasses } from './step_passes';
import { bytesSaved } from './stored';
import { trainingMoments } from './training_moments';

/** Weights beyond this are updated in a run of their own. As the onnxruntime backend cuts them. */
const ownRunBytes = 16 * 2 ** 20;

/**
 * The most that a step holds at once after the first, on the onnxruntime backend: the largest of the few moments at which
 * memory can peak. Biases of a few bytes and indices are left out.
 */
export function peakMemory(sizes: ModelSizes, resident: Resident, passes: StepPasses): PeakMemory {
  const { copyStorage, storage } = resident;
  const moments = [
    ...plainMoments(sizes, passes.reference, copyStorage ?? storage),
    ...plainMoments(sizes, passes.policy, storage),
    ...trainingMoments(sizes, passes.training, resident),
    ...updateMoments(sizes, resident),
  ];
  const always = {
    weights: weightBytes(sizes, resident),
    copy: resident.copy ? copyBytes(sizes, resident) : 0,
    optimizer: (float * resident.slots * sizes.trained.parameters) / (resident.shards ?? 1),
  };
  return peakOf(always, moments);
}

/** The model that is trained. */
export function weightBytes(sizes: ModelSizes, { storage }: Pick<Resident, 'storage'>): number {
  return float * sizes.parameters - (storage ? bytesSaved(sizes) : 0);
}

/** A frozen copy of it, once it does not share its numbers any more. */
export function copyBytes(sizes: ModelSizes, { copyStorage }: Pick<Resident, 'copyStorage'>): number {
  return copyStorage ? float * sizes.trunk - bytesSaved(sizes) : float * sizes.copied;
}

/** The moment that holds most, beside what is always there or in its place. */
export function peakOf(
  always: Pick<MemoryParts, 'weights' | 'copy' | 'optimizer'>,
  moments: readonly Moment[],
): PeakMemory {
  return moments
    .map(({ moment, ...numbers }) => {
      const parts = { ...nothing, ...always, ...bytesOf(numbers) };
      return { moment, parts, bytes: Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) };
    })
    .reduce((most, next) => (next.bytes > most.bytes ? next : most));
}

const nothing = { gradients: 0, activations: 0, attention: 0, logits: 0, states: 0, read: 0, working: 0 };

function bytesOf(numbers: Omit<Moment, 'moment'>): Partial<Record<keyof MemoryParts, number>> {
  return Object.fromEntries(Object.entries(numbers).map(([part, count]) => [part, float * count]));
}

/**
 * The first update makes the optimiser's state, out of zeros, and what a frozen copy shared with the policy until then. It
 * begins with the embeddings, whose gradient becomes a matrix, and small weights; a large vocabulary matrix comes last.
 */
function updateMoments(sizes: ModelSizes, resident: Resident): Moment[] {
  const { copy, copyStorage, slots, shards = 1 } = resident;
  const { parameters, vocabularyMatrix } = sizes.trained;
  if (shards > 1) return [shardedUpdate(sizes, shards)];
  const embeddings = sizes.trained.embeddings || vocabularyMatrix;
  const last = float * vocabularyMatrix > ownRunBytes ? vocabularyMatrix : 0;
  const before = parameters - last;
  const made = madeByUpdate(resident);
  const moments: Moment[] = [
    { moment: 'the update', gradients: parameters, working: made * vocabularyMatrix },
    {
      moment: 'the first update',
      ...(!copyStorage && { copy: 0 }),
      ...{ optimizer: slots * (before - embeddings), gradients: parameters - sizes.trained.embeddings },
      working: (2 + 2 * slots + made) * embeddings,
    },
  ];
  if (!copy || copyStorage) return moments;
  const vocabulary = { gradients: last, working: (1 + 2 * slots + made) * last };
  return [...moments, { moment: 'the first update', copy: before, optimizer: slots * before, ...vocabulary }];
}

/** Weights that are gathered from other ranks at once. As `shardedOptimizer` has them. */
const gatheredAtOnce = 4;

/** A rank has gradients of its own part alone by then, updates a part of each weight by itself, and gathers the weights again. */
function shardedUpdate({ trained, width, inner }: ModelSizes, shards: number): Moment {
  const gathered = trained.vocabularyMatrix + (gatheredAtOnce - 1) * width * inner;
  const part = trained.parameters / shards;
  return {
    moment: 'the update of the own part',
    ...{ gradients: part, working: part + Math.min(gathered, trained.parameters) },
  };
}
