import type { PassShape, Storage } from '@halokit/models';
import type { TrainingFacts } from './estimate_steps';
import { peakOf, weightBytes } from './memory';
import { type ModelSizes, modelSizes } from './model_sizes';
import { float, type Moment } from './moments';
import { inLayer, inVocabulary } from './plain_moments';
import type { PassEstimate } from './reference_pass';
import { stepWork } from './work';

/** How a reference is streamed: as `streamedReference` is told. */
export interface StreamFacts {
  /** What the matrices of its files are in; float32 when absent. */
  readonly filesIn?: Storage;
  /** Most bytes of the vocabulary matrix at once. Default: 2^28. */
  readonly vocabularyBytes?: number;
}

/**
 * What `streamedReference` takes before the first step, beside the model that is trained then: the hidden states of a
 * reading, two layers (or two blocks of the vocabulary) and the tensor that is being read, and what one pass makes. Held
 * against the resident memory of processes: 1 to 5 % above it on six shapes of both families.
 *
 * @param readings sizes of the forward passes, by the reading that they belong to: those of `streamedPasses`
 * @example
 * const shapes = (places: number[]) => passShape(places.map((i) => rows[i]));
 * const readings = streamedPasses(rows, facts.config).map((passes) => passes.map(shapes));
 * const { memory } = estimateStreamedPass(facts, readings);
 */
export function estimateStreamedPass(
  facts: TrainingFacts,
  readings: readonly (readonly PassShape[])[],
  stream: StreamFacts = {},
): PassEstimate {
  const sizes = modelSizes(facts.config, {}, facts.adapter);
  const always = { weights: weightBytes(sizes, facts), copy: 0, optimizer: 0 };
  const reference = readings.flat();
  return {
    memory: peakOf(always, [
      { moment: 'the beginning' },
      ...readings.flatMap((passes) => readingMoments(sizes, passes, stream)),
    ]),
    work: stepWork(sizes, facts, { reference, policy: [], training: [] }),
  };
}

function readingMoments(sizes: ModelSizes, passes: readonly PassShape[], stream: StreamFacts): Moment[] {
  const { filesIn, vocabularyBytes = 2 ** 28 } = stream;
  const { width, layers, inner, vocabulary, vocabularyMatrix } = sizes;
  const states = width * passes.reduce((sum, { rows, tokens }) => sum + rows * tokens, 0);
  // In float32's bytes: what the file has in 16 bits takes half.
  const kept = filesIn ? 0.5 : 1;
  const vectors = (sizes.trunk - sizes.matrices) / layers;
  const layer = kept * (sizes.linear / layers) + vectors;
  const block = Math.min(kept * vocabularyMatrix, vocabularyBytes / float);
  const blocks = Math.min(2, Math.ceil((kept * vocabularyMatrix) / block));
  const words = (block / (kept * vocabularyMatrix)) * vocabulary;
  return passes.flatMap((pass): Moment[] => [
    {
      ...{
        moment: 'a layer of the streamed reference',
        states,
        read: Math.min(2, layers) * layer + kept * width * inner,
      },
      working: inLayer(sizes, pass, filesIn),
    },
    {
      ...{ moment: 'the vocabulary of the streamed reference', states, read: (blocks + 1) * block },
      working: inVocabulary({ ...sizes, vocabulary: words }, pass, filesIn) + pass.predictions * width,
    },
  ]);
}
