import type { CausalLM } from '../causal_lm';
import { type SavedWeight, type WeightFile, weightFiles } from '../checkpoint/weight_files';
import type { SavedDtype } from '../checkpoint/weight_format';
import { InputError } from '../input_error';
import { adaptedModules, matricesOf } from './adapter';
import { writePeftConfig } from './peft_config';
import { targetsFor } from './target_modules';

/** The files of an adapter, as PEFT names them. */
export const peftFiles = { config: 'adapter_config.json', weights: 'adapter_model.safetensors' } as const;

/** PEFT's name of a linear layer's matrix A or B, from the layer's name in Hugging Face's model. */
export function peftTensor(module: string, letter: 'A' | 'B'): string {
  return `base_model.model.${module}.lora_${letter}.weight`;
}

/** How an adapter is written. */
export interface AdapterFormat {
  readonly dtype: SavedDtype;
  /** What it is loaded onto: a name on the hub or a folder, for `base_model_name_or_path`. */
  readonly base?: string;
}

/**
 * The contents of an adapter's files, in PEFT's format.
 *
 * @throws InputError when the model has no adapter; from `chunks` for a finite number that the dtype cannot hold
 */
export function adapterFiles(
  { config, weights, adapter }: CausalLM,
  { dtype, base }: AdapterFormat,
): { readonly config: string; readonly weights: WeightFile } {
  if (!adapter) throw new InputError('The model has no adapter to save. saveCheckpoint saves the model.');
  const modules = adaptedModules({ weights });
  const tensors = modules.flatMap((module) => {
    const { a, b } = matricesOf(module);
    return [
      [peftTensor(module, 'A'), saved(weights, a)] as const,
      [peftTensor(module, 'B'), saved(weights, b)] as const,
    ];
  });
  const [{ chunks }] = weightFiles(new Map(tensors), { dtype, maxShardBytes: Number.MAX_SAFE_INTEGER }) as [WeightFile];
  return {
    config: writePeftConfig(adapter, targetsFor(config, modules), base),
    weights: { name: peftFiles.weights, chunks },
  };
}

function saved(weights: CausalLM['weights'], name: string): SavedWeight {
  const weight = weights.get(name);
  if (!weight) throw new Error(`The adapter has no ${name}.`);
  return { shape: weight.shape, size: weight.size, numbers: () => weight.data<'float32'>() };
}
