import type { PassShape, Storage } from '@halokit/models';
import type { MemoryParts, PeakMemory, Resident } from './memory_parts';
import type { ModelSizes } from './model_sizes';
import { float, logitsBlockBytes, type Moment, sharesOf } from './moments';
import type { StepPasses } from './step_passes';
import { bytesSaved, widenedAtOnce } from './stored';
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
    ...noGradientMoments(sizes, passes.reference, copyStorage ?? storage),
    ...noGradientMoments(sizes, passes.policy, storage),
    ...trainingMoments(sizes, passes.training, resident),
    ...updateMoments(sizes, resident),
  ];
  const ofCopy = copyStorage ? float * sizes.trunk - bytesSaved(sizes) : float * sizes.copied;
  const always = {
    weights: float * sizes.parameters - (storage ? bytesSaved(sizes) : 0),
    copy: resident.copy ? ofCopy : 0,
    optimizer: float * resident.slots * sizes.trained.parameters,
  };
  return moments
    .map(({ moment, ...numbers }) => {
      const parts = { ...always, ...nothing, ...bytesOf(numbers) };
      return { moment, parts, bytes: Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) };
    })
    .reduce((most, next) => (next.bytes > most.bytes ? next : most));
}

const nothing = { gradients: 0, activations: 0, attention: 0, logits: 0, working: 0 };

function bytesOf(numbers: Omit<Moment, 'moment'>): Partial<Record<keyof MemoryParts, number>> {
  return Object.fromEntries(Object.entries(numbers).map(([part, count]) => [part, float * count]));
}

/**
 * The first update makes the optimiser's state, out of zeros, and what a frozen copy shared with the policy until then. It
 * begins with the embeddings, whose gradient becomes a matrix, and small weights; a large vocabulary matrix comes last.
 */
function updateMoments(sizes: ModelSizes, { copy, copyStorage, slots }: Resident): Moment[] {
  const { parameters, vocabularyMatrix } = sizes.trained;
  const embeddings = sizes.trained.embeddings || vocabularyMatrix;
  const last = float * vocabularyMatrix > ownRunBytes ? vocabularyMatrix : 0;
  const before = parameters - last;
  const moments: Moment[] = [
    { moment: 'the update', gradients: parameters },
    {
      moment: 'the first update',
      ...(!copyStorage && { copy: 0 }),
      ...{ optimizer: slots * (before - embeddings), gradients: parameters - sizes.trained.embeddings },
      working: (2 + 2 * slots) * embeddings,
    },
  ];
  if (!copy || copyStorage) return moments;
  const vocabulary = { gradients: last, working: (1 + 2 * slots) * last };
  return [...moments, { moment: 'the first update', copy: before, optimizer: slots * before, ...vocabulary }];
}

function noGradientMoments(sizes: ModelSizes, passes: readonly PassShape[], storage: Storage | undefined): Moment[] {
  const { width, footprint } = sizes;
  const widened = widenedAtOnce(sizes, storage !== undefined);
  return passes.map((pass) => {
    const block = Math.min(pass.predictions * sizes.vocabulary, logitsBlockBytes / float);
    const inLayer = 2 * sharesOf(sizes, pass) + pass.rows * pass.tokens * (footprint.working + 2 * width);
    return {
      moment: 'a pass without gradient',
      working: Math.max(2 * block, block + widened.inVocabulary, inLayer + widened.inLayer),
    };
  });
}
