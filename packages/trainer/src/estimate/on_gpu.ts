import { type ModelConfig, weightShapes } from '@halokit/models';
import { granted, keptFree } from './gpu_buffers';
import type { PeakMemory, Resident } from './memory_parts';
import type { ModelSizes } from './model_sizes';
import { float } from './moments';

/** Arrays that an optimiser's formula makes on its way, of the size of the weight: by the numbers of its state. */
const ofUpdate = [0, 7, 11];

/** Arrays of the size of a matrix that its update makes on the way; a processor makes them block by block. */
export function madeByUpdate({ onGpu, slots }: Pick<Resident, 'onGpu' | 'slots'>): number {
  return onGpu ? (ofUpdate[slots] ?? 0) : 0;
}

/**
 * Arrays of the size of the vocabulary matrix that its gradient makes: itself, and once more with the rows of the labels; on a
 * graphics processor also the parts that it is joined from, and a whole matrix of the labels' rows.
 */
export function madeByGradient({ onGpu }: Pick<Resident, 'onGpu'>): number {
  return onGpu ? 4 : 2;
}

/** Numbers that would fit into the free buffers that stay behind after updates of vocabulary matrices. */
export function keptByAllocator({ trained }: ModelSizes, resident: Pick<Resident, 'onGpu' | 'slots'>): number {
  const bytes = float * trained.vocabularyMatrix;
  return Math.min(keptFree(bytes), madeByUpdate(resident)) * trained.vocabularyMatrix;
}

/**
 * How much more than is in use at most the allocator takes for what comes and goes: arrays are rounded up, and those that were given
 * back are free only when sixteen more operators have been sent to the device.
 */
const otherShare = 1.2;

/** Kernels, and what the driver keeps, in bytes. */
const driver = 60e6;

/**
 * The most memory of a graphics processor that training takes on the onnxruntime backend, in bytes. Held against the resident memory
 * of processes that trained on Mesa's lavapipe, which is where its device memory lies: 8 to 29 % above on five shapes
 * (SFT and KTO, RMSprop and AdamW), some of it rounding up, which that does not show. On a GPU it has not been measured.
 *
 * @param peak `StepEstimate.memory`, of facts with `onGpu`
 */
export function peakDeviceBytes(config: ModelConfig, { parts, bytes }: Pick<PeakMemory, 'parts' | 'bytes'>): number {
  const sizes = Object.values(weightShapes(config)).map((shape) => float * shape.reduce((size, n) => size * n, 1));
  const asked = sizes.reduce((sum, size) => sum + size, 0);
  const rounded = sizes.reduce((sum, size) => sum + granted(size), 0) / asked;
  const ofWeights = parts.weights + parts.copy + parts.optimizer + parts.gradients;
  return driver + rounded * ofWeights + otherShare * (bytes - ofWeights);
}
