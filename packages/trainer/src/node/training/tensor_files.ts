import type { CausalLM } from '@halokit/models';
import { readTensorFile } from '@halokit/models';
import { folderFiles } from '@halokit/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../../input_error';
import type { Optimizer } from '../../optimizer';

export const weightsFile = 'weights.safetensors';
export const optimizerFile = 'optimizer.safetensors';

/** The weights that training changes: under an adapter, its matrices and heads alone. */
export function trainedWeights({ weights }: Pick<CausalLM, 'weights'>): Map<string, tf.Variable> {
  return new Map([...weights].filter(([, weight]) => weight.trainable));
}

/** An optimiser's tensors as `SLOT:WEIGHT`. */
export function slotTensors({ state }: Optimizer): Map<string, tf.Tensor> {
  const slots = Object.entries(state.slots);
  return new Map(slots.flatMap(([slot, tensors]) => [...tensors].map(([name, tensor]) => [`${slot}:${name}`, tensor])));
}

/** Gives the weights the numbers of a file. @throws InputError, naming the tensor, for a file of another model */
export async function restoreWeights(folder: string, policy: CausalLM): Promise<void> {
  const missing = trainedWeights(policy);
  for await (const { name, shape, numbers } of readTensorFile(folderFiles(folder), weightsFile)) {
    const weight = missing.get(name);
    if (!weight)
      throw new InputError(`${folder}: weight ${name} is none that this policy trains. Is it another model?`);
    if (weight.shape.join() !== shape.join()) {
      throw new InputError(`${folder}: weight ${name} is [${shape}], and the policy's [${weight.shape}].`);
    }
    tf.tidy(() => weight.assign(tf.tensor(numbers, [...shape])));
    missing.delete(name);
  }
  const [absent] = missing.keys();
  if (absent) throw new InputError(`${folder}: weight ${absent} is missing. Is the policy another model?`);
}

/** Gives the optimiser the tensors of a file, and its count of updates. */
export async function restoreOptimizer(folder: string, optimizer: Optimizer, updates: number): Promise<void> {
  const names = Object.keys(optimizer.state.slots);
  const slots: Record<string, Map<string, tf.Tensor>> = Object.fromEntries(names.map((name) => [name, new Map()]));
  for await (const { name, shape, numbers } of readTensorFile(folderFiles(folder), optimizerFile)) {
    const [slot = '', weight = ''] = name.split(/:(.*)/s);
    slots[slot] ??= new Map();
    slots[slot].set(weight, tf.tensor(numbers, [...shape]));
  }
  optimizer.restore({ updates, slots });
}
