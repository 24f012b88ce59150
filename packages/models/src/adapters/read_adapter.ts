import type { CausalLM } from '../causal_lm';
import { type CheckpointFiles, type OpenFile, OpenFiles } from '../checkpoint/checkpoint_files';
import { isWeightDtype } from '../checkpoint/dtypes';
import { quoted, readObject } from '../checkpoint/json_object';
import { readTensor } from '../checkpoint/read_weights';
import { quotedShape, readHeader, type TensorEntry } from '../checkpoint/safetensors_header';
import type { ModelConfig } from '../families/families';
import { InputError } from '../input_error';
import { peftFiles, peftTensor } from './adapter_files';
import { type AdapterMatrices, attachAdapter } from './add_adapter';
import { type PeftConfig, readPeftConfig } from './peft_config';
import { linearModules, modulesMeant } from './target_modules';

/**
 * Gives a model the adapter that PEFT or `saveAdapter` has saved, from wherever it lies: `adapter_config.json` and
 * `adapter_model.safetensors` in F32, F16 or BF16. What it adapts is what it has tensors for.
 *
 * @returns a model that takes the given one's place, as `addAdapter` does
 * @throws InputError naming the file, field or tensor that is missing, extra, misshapen, or does what is not done here; and
 * when the model has an adapter already
 */
export async function readAdapter(
  model: CausalLM,
  files: CheckpointFiles,
  { trainable = true } = {},
): Promise<CausalLM> {
  const open = new OpenFiles(files);
  try {
    const config = await find(open, peftFiles.config);
    const peft = readPeftConfig(await readObject(config), config.path);
    const weights = await find(open, peftFiles.weights);
    const found = adapterTensors(await readHeader(weights), model.config, peft, weights.path);
    const matrices = new Map<string, AdapterMatrices>();
    for (const [module, { A, B }] of found) {
      const numbers = (letter: 'A' | 'B', tensor: ReadTensor) =>
        readTensor(peftTensor(module, letter), { ...tensor, file: weights });
      matrices.set(module, { a: await numbers('A', A), b: await numbers('B', B) });
    }
    return attachAdapter(model, peft.adapter, matrices, trainable);
  } finally {
    await open.close();
  }
}

async function find(files: OpenFiles, name: string): Promise<OpenFile> {
  const file = await files.find(name);
  if (file) return file;
  const older = name === peftFiles.weights && (await files.find('adapter_model.bin'));
  throw new InputError(
    `${files.place}: holds no ${name}, so this is no adapter.${
      older
        ? ' Its adapter_model.bin is a program as much as data and is not read: load and save it with a PEFT of today.'
        : ''
    }`,
  );
}

type ReadTensor = TensorEntry & { readonly dtype: 'F32' | 'F16' | 'BF16' };

/** Both matrices of each module, in the model's order. */
function adapterTensors(
  stored: ReadonlyMap<string, TensorEntry>,
  config: ModelConfig,
  { adapter: { rank }, targets }: PeftConfig,
  path: string,
): Map<string, { readonly A: ReadTensor; readonly B: ReadTensor }> {
  const wanted = targets && new Set(targets.flatMap((target) => modulesMeant(config, target)));
  const known = new Set<string>();
  const take = (module: string, letter: 'A' | 'B', shape: readonly number[]): ReadTensor => {
    const name = peftTensor(module, letter);
    const tensor = stored.get(name);
    if (!tensor) throw new InputError(`${path}: tensor ${name} is missing. Is the adapter whole, and of this model?`);
    if (tensor.shape.join() !== shape.join()) {
      const made = `model and rank make it [${shape}]. Is it the adapter of this model?`;
      throw new InputError(`${path}: tensor ${name} is ${quotedShape(tensor.shape)}, but ${made}`);
    }
    if (!isWeightDtype(tensor.dtype)) {
      throw new InputError(`${path}: tensor ${name} is ${tensor.dtype}; known are F32, F16 and BF16.`);
    }
    known.add(name);
    return tensor as ReadTensor;
  };
  const modules = [...linearModules(config)].filter(
    ([module]) => wanted?.has(module) ?? (stored.has(peftTensor(module, 'A')) || stored.has(peftTensor(module, 'B'))),
  );
  const found = new Map(
    modules.map(([module, [height, width]]) => [
      module,
      { A: take(module, 'A', [rank, width]), B: take(module, 'B', [height, rank]) },
    ]),
  );
  for (const name of stored.keys()) {
    if (known.has(name)) continue;
    const what = `${path}: tensor ${quoted(name)} belongs to no linear layer`;
    throw new InputError(`${what} that the adapter names in a ${config.modelType} model’s layers.`);
  }
  if (found.size === 0) throw new InputError(`${path}: holds no tensors.`);
  return found;
}
