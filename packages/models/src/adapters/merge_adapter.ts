import type { Variable } from '@tensorflow/tfjs-core';
import { type CausalLM, cloneModel, createWeight, disposeModel } from '../causal_lm';
import type { SavedWeight } from '../checkpoint/weight_files';
import { InputError } from '../input_error';
import { wideNumbers, wideShape } from '../storage/packed_weight';
import { isPacked } from '../storage/storage';
import { adaptedModules, isOfAdapter, matricesOf, scaleOf } from './adapter';

/** A model's weights as those of a model that needs no adapter: where it has one, changed by it. */
export function wholeWeights(model: CausalLM): Map<string, SavedWeight> {
  const adapted = new Set(adaptedModules(model).map((module) => `${module}.weight`));
  const whole = [...model.weights].flatMap(([name, weight]): [string, SavedWeight][] => {
    if (isOfAdapter(name)) return [];
    const shape = wideShape(model, weight);
    const size = shape.reduce((product, n) => product * n, 1);
    const numbers = () => (adapted.has(name) ? merged(model, name) : wideNumbers(model, weight));
    return [[name, { shape, size, numbers }]];
  });
  return new Map(whole);
}

/**
 * The model that an adapter makes of its base, as one without: W + (alpha / rank) B A takes W's place, computed in float64
 * and rounded once. It is float32 whatever the base is kept in.
 *
 * @returns a model of its own, to be disposed of beside the given one
 * @throws InputError when the model has no adapter
 */
export async function mergeAdapter(model: CausalLM, { trainable = true } = {}): Promise<CausalLM> {
  const copy = withoutAdapter(model);
  const weights = new Map(copy.weights);
  const adapted = new Set(adaptedModules(model).map((module) => `${module}.weight`));
  try {
    for (const [name, { shape, numbers }] of wholeWeights(model)) {
      const base = weights.get(name) as Variable;
      if (adapted.has(name) || isPacked(base)) {
        weights.set(name, createWeight(await numbers(), shape, trainable));
        base.dispose();
      } else base.trainable = trainable;
    }
  } catch (error) {
    disposeModel({ weights });
    throw error;
  }
  return { ...copy, storage: undefined, weights };
}

/**
 * A copy of a model as it was before it got its adapter: the reference of a policy that began with a fresh one. Frozen
 * weights are one in memory with the original's.
 *
 * @returns a model of its own, to be disposed of beside the given one
 * @throws InputError when the model has no adapter
 */
export function withoutAdapter({ adapter, ...model }: CausalLM, options: { trainable?: boolean } = {}): CausalLM {
  if (!adapter) throw new InputError('The model has no adapter: addAdapter(model, { seed }) gives it one.');
  return cloneModel({ ...model, weights: new Map([...model.weights].filter(([name]) => !isOfAdapter(name))) }, options);
}

/** W + scale B A; every product of two float32 is exact in float64. */
async function merged(model: CausalLM, name: string): Promise<Float32Array> {
  const { weights, adapter } = model;
  const names = matricesOf(name.replace(/\.weight$/, ''));
  const tensors = [name, names.b, names.a].map((key) => weights.get(key) as Variable | undefined);
  const read = tensors.map(async (tensor) => tensor && wideNumbers(model, tensor));
  const [base, b, a] = (await Promise.all(read)) as Float32Array[];
  if (!adapter || !base || !b || !a) throw new Error(`${name} has no adapter.`);
  const { rank } = adapter;
  const [scale, width] = [scaleOf(adapter), a.length / rank];
  const result = new Float32Array(base.length);
  const change = new Float64Array(width);
  for (let row = 0; row * width < base.length; row++) {
    change.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = b[row * rank + k] as number;
      for (let i = 0; i < width; i++) change[i] = (change[i] as number) + factor * (a[k * width + i] as number);
    }
    for (let i = 0; i < width; i++) {
      result[row * width + i] = (base[row * width + i] as number) + scale * (change[i] as number);
    }
  }
  return result;
}
