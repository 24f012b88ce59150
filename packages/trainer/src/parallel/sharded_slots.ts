import type { CausalLM, TensorSource } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import type { ByWeight } from '../optimizer';
import type { Segment } from './buckets';
import { partsByWeight } from './sharded_optimizer';
import type { Sharding } from './sharding';

/** A slot's tensors in the weights' shapes. All ranks have to ask for their numbers in the same order. */
export function gatheredSlots(
  own: ByWeight,
  policy: Pick<CausalLM, 'weights'>,
  { communicator, names }: Sharding,
): Map<string, TensorSource> {
  const { rank, size } = communicator;
  const parts = partsByWeight(policy, size);
  const whole = (name: string): TensorSource => {
    const { shape, size: elements } = policy.weights.get(name) as tf.Variable;
    const segments = parts.get(name) as readonly Segment[];
    return {
      ...{ shape, size: elements },
      async data() {
        const numbers = new Float32Array(elements);
        numbers.set((await own.get(name)?.data<'float32'>()) ?? [], segments[rank]?.from);
        await communicator.allGather(
          numbers,
          segments.map(({ from, to }) => to - from),
        );
        return numbers;
      },
    };
  };
  return new Map([...policy.weights.keys()].filter((name) => names.has(name)).map((name) => [name, whole(name)]));
}

/** Takes a rank's part, if it has one, out of the numbers of a weight's slot. */
export function ownPart(
  policy: Pick<CausalLM, 'weights'>,
  { communicator, names }: Sharding,
): (weight: string, numbers: Float32Array) => tf.Tensor[] {
  const parts = partsByWeight(policy, communicator.size);
  return (weight, numbers) => {
    names.add(weight);
    const { from = 0, to = 0 } = parts.get(weight)?.[communicator.rank] ?? {};
    return from < to ? [tf.tensor1d(numbers.slice(from, to))] : [];
  };
}
