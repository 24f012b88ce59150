import type { PassShape } from '@halokit/models';
import type { MemoryParts } from './memory_parts';
import type { ModelSizes } from './model_sizes';

/** Numbers, not bytes, beside what is always there or in its place. */
export type Moment = { readonly moment: string } & Partial<Record<keyof MemoryParts, number>>;

/** Bytes of a number. */
export const float = 4;

/** Logits up to so many bytes are kept for the backward pass, and computed again beyond it. As the onnxruntime backend does. */
const keptLogitsBytes = 256 * 2 ** 20;

/** Logits of one block of the vocabulary, in bytes. As the onnxruntime backend cuts them. */
export const logitsBlockBytes = 16 * 2 ** 20;

/** Attention's shares of a pass, in one layer. */
export function sharesOf({ heads }: ModelSizes, { rows, tokens }: PassShape): number {
  return rows * heads * tokens * tokens;
}

/** Whether the logits of a training pass are few enough to be kept for the backward pass. */
export function keepsLogits({ vocabulary }: ModelSizes, { predictions }: PassShape): boolean {
  return float * predictions * vocabulary <= keptLogitsBytes;
}

/** How many layers are computed again at once, where they are. */
export function layersAgain(layers: number, gradientCheckpointing: boolean | number): number | undefined {
  if (gradientCheckpointing === false) return undefined;
  return gradientCheckpointing === true ? 1 : Math.min(gradientCheckpointing, layers);
}
