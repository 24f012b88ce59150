import type { ModelConfig } from '../families/families';
import { familyOf } from '../families/families';
import type { Shapes } from '../families/family';
import { headShapes } from '../heads/heads';
import { InputError } from '../input_error';
import { isWeightDtype, type WeightDtype } from './dtypes';
import { quoted } from './json_object';
import { quotedShape } from './safetensors_header';
import type { StoredTensor } from './stored_tensors';

/** A tensor that weights can be read from. */
export type WeightTensor = StoredTensor & { readonly dtype: WeightDtype };

/**
 * The stored tensors that a model of this config is made of, heads that are there included, in the order of its weights.
 *
 * @throws InputError naming a tensor that is missing, misshapen, of another dtype, or that has no place in the model
 */
export function expectedTensors(
  config: ModelConfig,
  stored: ReadonlyMap<string, StoredTensor>,
  place: string,
): Map<string, WeightTensor> {
  refuseTooManyLayers(config, stored.size, place);
  const shapes = { ...familyOf(config).shapes(config), ...headShapes(config, stored) };
  refuseQuantised(stored);
  refuseExtra(config, shapes, stored);
  const expected = Object.entries(shapes).map(([name, shape]): [string, WeightTensor] => {
    const tensor = stored.get(name);
    if (!tensor) {
      throw new InputError(`${place}: tensor ${name} is missing. Is the checkpoint whole, and of this config?`);
    }
    const what = `${tensor.file.path}: tensor ${name}`;
    if (tensor.shape.join() !== shape.join()) {
      throw new InputError(`${what} is ${quotedShape(tensor.shape)}, but config.json makes it [${shape}].`);
    }
    if (!isWeight(tensor)) throw new InputError(`${what} is ${tensor.dtype}; ${fixOf(tensor.dtype)}`);
    return [name, tensor];
  });
  return new Map(expected);
}

/** A config could otherwise have shapes listed without end. One that is not absurd has its missing tensors named. */
function refuseTooManyLayers(config: ModelConfig, stored: number, place: string): void {
  const tensors = (numLayers: number) => Object.keys(familyOf(config).shapes({ ...config, numLayers })).length;
  const ofLayers = config.numLayers * (tensors(2) - tensors(1));
  if (ofLayers <= 2 * stored) return;
  const has = `num_hidden_layers is ${config.numLayers}, which makes ${ofLayers} tensors`;
  throw new InputError(`${place}/config.json: ${has}, but the files hold ${stored}.`);
}

function isWeight(tensor: StoredTensor): tensor is WeightTensor {
  return isWeightDtype(tensor.dtype);
}

function fixOf(dtype: string): string {
  if (dtype === 'F64') return 'known are F32, F16 and BF16. Convert it: model.float().save_pretrained(...) in PyTorch.';
  return 'known are F32, F16 and BF16. A quantised checkpoint is not read: take the one that it was made from.';
}

/** Names that GPTQ, AWQ, bitsandbytes and compressed-tensors give to the parts of a quantised matrix. */
const quantisedParts =
  /\.(qweight|qzeros|scales|g_idx|SCB|absmax|quant_map|weight_packed|weight_scale|weight_scale_inv)$/;

function refuseQuantised(stored: ReadonlyMap<string, StoredTensor>): void {
  for (const [name, { file }] of stored) {
    if (!quantisedParts.test(name)) continue;
    throw new InputError(
      `${file.path}: tensor ${quoted(name)} belongs to a quantised checkpoint. Take the one that it was made from.`,
    );
  }
}

function refuseExtra(config: ModelConfig, shapes: Shapes, stored: ReadonlyMap<string, StoredTensor>): void {
  const { ignored, outputEmbedding } = familyOf(config);
  // Some checkpoints hold the vocabulary matrix a second time, although it is the input embedding.
  const copy = outputEmbedding({ ...config, tieWordEmbeddings: false });
  for (const [name, { file }] of stored) {
    if (Object.hasOwn(shapes, name) || ignored.test(name) || name === copy) continue;
    const what = `${file.path}: tensor ${quoted(name)}`;
    throw new InputError(`${what} has no place in a ${config.modelType} model of this config.`);
  }
}
