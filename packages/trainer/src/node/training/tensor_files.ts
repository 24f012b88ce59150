import { type CausalLM, readTensorFile, type TensorSource } from '@halokit/models';
import { folderFiles } from '@halokit/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../../input_error';
import type { Optimizer } from '../../optimizer';
import { gatheredSlots, ownPart } from '../../parallel/sharded_slots';

export const weightsFile = 'weights.safetensors';
export const optimizerFile = 'optimizer.safetensors';

/** The weights that training changes: under an adapter, its matrices and heads alone. */
export function trainedWeights({ weights }: Pick<CausalLM, 'weights'>): Map<string, tf.Variable> {
  return new Map([...weights].filter(([, weight]) => weight.trainable));
}

/** An optimiser's tensors as `SLOT:WEIGHT`, whole where ranks have parts of them. */
export function slotTensors(optimizer: Optimizer, policy: CausalLM): Map<string, TensorSource> {
  const named = (slot: string, tensors: ReadonlyMap<string, TensorSource>) =>
    [...tensors].map(([name, tensor]) => [`${slot}:${name}`, tensor] as const);
  const slots = Object.entries(optimizer.state.slots);
  const { sharding } = optimizer;
  return new Map(
    slots.flatMap(([slot, tensors]) => named(slot, sharding ? gatheredSlots(tensors, policy, sharding) : tensors)),
  );
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

/** Gives the optimiser the tensors of a file, or the rank's parts of them, and its count of updates. */
export async function restoreOptimizer(
  folder: string,
  optimizer: Optimizer,
  policy: CausalLM,
  updates: number,
): Promise<void> {
  const part = optimizer.sharding && ownPart(policy, optimizer.sharding);
  const names = Object.keys(optimizer.state.slots);
  const slots: Record<string, Map<string, tf.Tensor>> = Object.fromEntries(names.map((name) => [name, new Map()]));
  for await (const { name, shape, numbers } of readTensorFile(folderFiles(folder), optimizerFile)) {
    const [slot = '', weight = ''] = name.split(/:(.*)/s);
    slots[slot] ??= new Map();
    if (!part) slots[slot].set(weight, tf.tensor(numbers, [...shape]));
    else for (const own of part(weight, numbers)) slots[slot].set(weight, own);
  }
  optimizer.restore({ updates, slots });
}
