import type { PassShape } from '@halokit/models';
import type { Resident } from './memory_parts';
import type { ModelSizes } from './model_sizes';
import { float, keepsLogits, layersAgain, logitsBlockBytes, type Moment, sharesOf } from './moments';
import { keptByAllocator, madeByGradient } from './on_gpu';
import { widenedAtOnce } from './stored';

/** Copies of attention's shares that its backward pass has at once: their gradient, its product with them, and the result. */
const sharesInBackward = 3;

/** The moments at which a forward pass and its backward pass may hold most, pass after pass. */
export function trainingMoments(sizes: ModelSizes, training: readonly PassShape[], resident: Resident): Moment[] {
  const { gradientCheckpointing = false, storage } = resident;
  const { width, layers, footprint, adapter } = sizes;
  const { parameters, embeddings, vocabularyMatrix } = sizes.trained;
  const widened = widenedAtOnce(sizes, storage !== undefined);
  const again = layersAgain(layers, gradientCheckpointing);
  const free = keptByAllocator(sizes, resident);
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
    const inAttention = sharesInBackward * shares + 4 * tokens * width + widened.inLayer + free;
    const inMlp = tokens * footprint.working + widened.inLayer + free;
    const all = parameters - embeddings + lookedUp(tokensBefore);
    return [
      {
        moment: 'the gradient of the vocabulary matrix',
        // It is made, and made again with the rows of the labels added.
        ...{
          ...kept(again === undefined ? layers : 0),
          logits,
          gradients: summed,
          working: madeByGradient(resident) * vocabularyMatrix + Math.max(block, block / 2 + widened.inVocabulary),
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
