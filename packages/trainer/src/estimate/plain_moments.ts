import type { PassShape, Storage } from '@halokit/models';
import type { ModelSizes } from './model_sizes';
import { float, logitsBlockBytes, type Moment, sharesOf } from './moments';
import { widenedAtOnce } from './stored';

/** Copies of attention's shares in a forward pass: the scores, and the scores under their mask, which become the shares. */
const sharesAtOnce = 2;

/** The moments of forward passes without gradient, by a model whose matrices are kept in a storage, or in float32. */
export function plainMoments(
  sizes: ModelSizes,
  passes: readonly PassShape[],
  storage: Storage | undefined,
  moment = 'a pass without gradient',
): Moment[] {
  // The layer before has not gone when the next one begins.
  const between = (pass: PassShape) => 2 * pass.rows * pass.tokens * sizes.width;
  return passes.map((pass) => ({
    moment,
    working: Math.max(inLayer(sizes, pass, storage) + between(pass), inVocabulary(sizes, pass, storage)),
  }));
}

/** What a pass makes at once in a layer. */
export function inLayer(sizes: ModelSizes, pass: PassShape, storage: Storage | undefined): number {
  const { attention, mlp } = sizes.footprint.plain;
  const tokens = pass.rows * pass.tokens;
  const mask = pass.tokens ** 2;
  const made = Math.max(sharesAtOnce * sharesOf(sizes, pass) + mask + tokens * attention, tokens * mlp);
  return made + widenedAtOnce(sizes, storage !== undefined).inLayer;
}

/** What it makes at once where tokens are predicted. */
export function inVocabulary(sizes: ModelSizes, pass: PassShape, storage: Storage | undefined): number {
  const block = Math.min(pass.predictions * sizes.vocabulary, logitsBlockBytes / float);
  return Math.max(2 * block, block + widenedAtOnce(sizes, storage !== undefined).inVocabulary);
}
