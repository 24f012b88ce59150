import type { BackwardOptions, PassShape, Storage } from '@halokit/models';
import type { ModelSizes } from './model_sizes';
import type { StepPasses } from './step_passes';
import { bytesSaved, widenedAtOnce } from './stored';

/** Where memory goes, in bytes. */
export interface MemoryParts {
  /** The policy. */
  readonly weights: number;
  /** The frozen copy: the reference, or what is compared with afterwards. */
  readonly copy: number;
  /** The optimiser's state. */
  readonly optimizer: number;
  readonly gradients: number;
  /** What the backward pass keeps of the layers, attention's shares apart. */
  readonly activations: number;
  /** Attention's shares, [rows, heads, tokens, tokens] in every layer. */
  readonly attention: number;
  /** Logits of the response tokens, where they are kept for the backward pass. */
  readonly logits: number;
  /** What is made and dropped on the way. */
  readonly working: number;
}

/** The most memory that a step holds at once. */
export interface PeakMemory {
  /** In a few words, what the step is at then. */
  readonly moment: string;
  readonly parts: MemoryParts;
  /** Their sum, in bytes. */
  readonly bytes: number;
}

/** What is there in every moment of training. */
export interface Resident extends BackwardOptions {
  /** A frozen copy of the model is held. */
  readonly copy: boolean;
  /** What the copy's matrices are kept in; when absent, float32, shared with the policy until that moves. */
  readonly copyStorage?: Storage;
  /** What the policy's frozen matrices are kept in, under an adapter; float32 when absent. */
  readonly storage?: Storage;
  /** Numbers of the optimiser's state for each weight: 1 for RMSprop, 2 for AdamW. */
  readonly slots: number;
}

const float = 4;

/** Logits up to so many bytes are kept for the backward pass, and computed again beyond it. As the onnxruntime backend does. */
const keptLogitsBytes = 256 * 2 ** 20;

/** Logits of one block of the vocabulary, in bytes. As the onnxruntime backend cuts them. */
const logitsBlockBytes = 16 * 2 ** 20;

/** Weights beyond this are updated in a run of their own. As the onnxruntime backend cuts them. */
const ownRunBytes = 16 * 2 ** 20;

/** Copies of attention's shares that its backward pass has at once: their gradient, its product with them, and the result. */
const sharesInBackward = 3;

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

/** Numbers, not bytes, beside what is always there or in its place. */
type Moment = { readonly moment: string } & Partial<Record<keyof MemoryParts, number>>;

const nothing = { gradients: 0, activations: 0, attention: 0, logits: 0, working: 0 };

function bytesOf(numbers: Omit<Moment, 'moment'>): Partial<Record<keyof MemoryParts, number>> {
  return Object.fromEntries(Object.entries(numbers).map(([part, count]) => [part, float * count]));
}

function trainingMoments(
  sizes: ModelSizes,
  training: readonly PassShape[],
  { gradientCheckpointing = false, storage }: Resident,
): Moment[] {
  const { width, layers, footprint, adapter } = sizes;
  const { parameters, embeddings, vocabularyMatrix } = sizes.trained;
  const widened = widenedAtOnce(sizes, storage !== undefined);
  const again = layersAgain(layers, gradientCheckpointing);
  let tokensBefore = 0;
  return training.flatMap((pass, i): Moment[] => {
    const tokens = pass.rows * pass.tokens;
    // The embeddings' gradient is a row for each token until the step's end.
    const lookedUp = (count: number) => Math.min(count * width, embeddings);
    const summed = i === 0 ? 0 : parameters - embeddings + lookedUp(tokensBefore);
    tokensBefore += tokens;
    const shares = sharesOf(sizes, pass);
    const behind = { activations: (2 * tokens + 2 * pass.predictions) * width };
    const ofLayer = tokens * (footprint.kept + adapter.kept / layers);
    const inputs = again === undefined ? 0 : Math.ceil(layers / again) * tokens * width;
    const kept = (layers: number) => ({
      activations: inputs + layers * ofLayer + behind.activations,
      attention: layers * shares,
    });
    const inLast = again === undefined ? layers : ((layers - 1) % again) + 1;
    const logits = keepsLogits(sizes, pass) ? pass.predictions * sizes.vocabulary : 0;
    const block = Math.min(pass.predictions * sizes.vocabulary, logitsBlockBytes / float);
    const inAttention = sharesInBackward * shares + 4 * tokens * width + widened.inLayer;
    const inMlp = tokens * footprint.working + widened.inLayer;
    const all = parameters - embeddings + lookedUp(tokensBefore);
    return [
      {
        moment: 'the gradient of the vocabulary matrix',
        // It is made, and made again with the rows of the labels added.
        ...{
          ...kept(again === undefined ? layers : 0),
          logits,
          gradients: summed,
          working: 2 * vocabularyMatrix + Math.max(block, block / 2 + widened.inVocabulary),
        },
      },
      {
        moment: 'the backward pass of the last layer’s MLP',
        ...{ ...kept(inLast), logits, gradients: summed + vocabularyMatrix, working: inMlp },
      },
      {
        moment: 'the backward pass of the last layer’s attention',
        ...{ ...kept(inLast), gradients: Math.max(summed, vocabularyMatrix), working: inAttention },
      },
      {
        moment: 'the backward pass of the first layer',
        activations: ofLayer,
        attention: shares,
        gradients: all,
        working: Math.max(inMlp, inAttention),
      },
      ...(again === undefined
        ? []
        : [
            {
              moment: 'the backward pass of the first layers that are computed again',
              activations: again * ofLayer,
              attention: again * shares,
              gradients: all - ((parameters - embeddings - vocabularyMatrix) / layers) * (again - 1),
              working: Math.max(inMlp, inAttention),
            },
          ]),
    ];
  });
}

/** How many layers are computed again at once, where they are. */
export function layersAgain(layers: number, gradientCheckpointing: boolean | number): number | undefined {
  if (gradientCheckpointing === false) return undefined;
  return gradientCheckpointing === true ? 1 : Math.min(gradientCheckpointing, layers);
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

function sharesOf({ heads }: ModelSizes, { rows, tokens }: PassShape): number {
  return rows * heads * tokens * tokens;
}

/** Whether the logits of a training pass are few enough to be kept for the backward pass. */
export function keepsLogits({ vocabulary }: ModelSizes, { predictions }: PassShape): boolean {
  return float * predictions * vocabulary <= keptLogitsBytes;
}
