import type { CausalLM } from '../causal_lm';
import type { WeightTensor } from '../checkpoint/expected_tensors';
import type { OpenCheckpoint } from '../checkpoint/open_checkpoint';
import { readWeights } from '../checkpoint/read_weights';
import { familyOf } from '../families/families';
import { type Storage, storable } from '../storage/storage';

/**
 * A frozen model that has these weights alone. Matrices that the file has in 16 bits stay in 16 bits, and are widened as
 * they are used.
 */
export async function readPart(
  { config }: Pick<OpenCheckpoint, 'config'>,
  tensors: ReadonlyMap<string, WeightTensor>,
): Promise<CausalLM> {
  const isStorable = storable(config);
  const dtypes = [...tensors].flatMap(([name, { dtype }]) => (isStorable(name) ? [dtype] : []));
  // Where they are of several types, one storage would round some of them.
  const storage = dtypes.every((dtype) => dtype === dtypes[0]) ? storageOf(dtypes[0]) : undefined;
  const weights = await readWeights(config, tensors, { storage, trainable: false });
  return { config, weights, ...(storage && { storage }) };
}

function storageOf(dtype: WeightTensor['dtype'] | undefined): Storage | undefined {
  if (dtype === 'F16') return 'float16';
  return dtype === 'BF16' ? 'bfloat16' : undefined;
}

/** The tensors of one layer. */
export function layerTensors({ config, tensors }: OpenCheckpoint, layer: number): Map<string, WeightTensor> {
  const prefix = familyOf(config).layerPrefix(layer);
  return new Map([...tensors].filter(([name]) => name.startsWith(prefix)));
}

/** The tensors that belong to no layer and are no embeddings: the last norm, and heads, where there are any. */
export function otherTensors({ config, tensors }: OpenCheckpoint): Map<string, WeightTensor> {
  const family = familyOf(config);
  const elsewhere = [family.inputEmbedding, family.outputEmbedding(config)];
  const prefixes = Array.from({ length: config.numLayers }, (_, layer) => family.layerPrefix(layer));
  const isOther = (name: string) => !elsewhere.includes(name) && !prefixes.some((prefix) => name.startsWith(prefix));
  return new Map([...tensors].filter(([name]) => isOther(name)));
}

/** The rows of a matrix from `from` up to, not including, `to`. */
export function rowsOf(tensor: WeightTensor, from: number, to: number): WeightTensor {
  const [rows, columns] = tensor.shape as [number, number];
  const rowBytes = (tensor.end - tensor.start) / rows;
  return {
    ...tensor,
    shape: [to - from, columns],
    start: tensor.start + from * rowBytes,
    end: tensor.start + to * rowBytes,
  };
}
