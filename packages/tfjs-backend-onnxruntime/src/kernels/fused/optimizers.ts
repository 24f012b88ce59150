import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { full } from '../../graph/record';
import type { Value } from '../../graph/value';
import { kernel, type OneInput } from '../kernel';
import * as op from '../ops';
import { inBlocks, sumInBlocks } from './blocks';

interface RmspropAttributes {
  readonly rate: number;
  readonly alpha: number;
  readonly epsilon: number;
  /** What gradients are multiplied by first: the factor of clipping. */
  readonly scale: number;
}

interface AdamwAttributes extends Omit<RmspropAttributes, 'alpha'> {
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
  /** 1 - beta^updates. */
  readonly correction1: number;
  readonly correction2: number;
}

function rmsprop(arrays: readonly Value[], { rate, alpha, epsilon, scale }: RmspropAttributes): readonly Value[] {
  const n = numbers({ rate, alpha, rest: 1 - alpha, epsilon, scale });
  return inBlocks(arrays, ([w, v, gradient]: readonly Value[]) => {
    const g = scale === 1 ? (gradient as Value) : op.mul(gradient as Value, n.scale);
    const square = op.add(op.mul(v as Value, n.alpha), op.mul(op.mul(g, g), n.rest));
    const step = op.div(op.mul(g, n.rate), op.add(op.sqrt(square), n.epsilon));
    return [op.sub(w as Value, step), square];
  });
}

function adamw(arrays: readonly Value[], attributes: AdamwAttributes): readonly Value[] {
  const { rate, beta1, beta2, epsilon, weightDecay, correction1, correction2, scale } = attributes;
  const n = numbers({ beta1, beta2, epsilon, scale, rest1: 1 - beta1, rest2: 1 - beta2 });
  const step = numbers({ decay: 1 - rate * weightDecay, rate: rate / correction1, correction2 });
  return inBlocks(arrays, ([w, m, v, gradient]: readonly Value[]) => {
    const g = scale === 1 ? (gradient as Value) : op.mul(gradient as Value, n.scale);
    const mean = op.add(op.mul(m as Value, n.beta1), op.mul(g, n.rest1));
    const square = op.add(op.mul(v as Value, n.beta2), op.mul(op.mul(g, g), n.rest2));
    const deviation = op.add(op.sqrt(op.div(square, step.correction2)), n.epsilon);
    return [op.sub(op.mul(w as Value, step.decay), op.div(op.mul(mean, step.rate), deviation)), mean, square];
  });
}

/** Handed to the graph, so that another learning rate needs no other graph. */
function numbers<K extends string>(values: Readonly<Record<K, number>>): Readonly<Record<K, Value>> {
  return Object.fromEntries(Object.entries<number>(values).map(([name, x]) => [name, op.number(x)])) as Record<
    K,
    Value
  >;
}

export const optimizerKernels: readonly KernelConfig[] = [
  kernel<Record<'weight' | 'squares' | 'gradient', TensorInfo>, RmspropAttributes>(
    'HalokitRmspropStep',
    ({ inputs: { weight, squares, gradient }, attrs, engine }) =>
      rmsprop([engine.value(weight), engine.value(squares), engine.value(gradient)], attrs).map((value) =>
        engine.tensor(value),
      ),
  ),
  kernel<Record<'weight' | 'means' | 'squares' | 'gradient', TensorInfo>, AdamwAttributes>(
    'HalokitAdamwStep',
    ({ inputs: { weight, means, squares, gradient }, attrs, engine }) => {
      const arrays = [weight, means, squares, gradient].map((tensor) => engine.value(tensor));
      return adamw(arrays, attrs).map((value) => engine.tensor(value));
    },
  ),
  kernel<OneInput>('HalokitSumOfSquares', ({ inputs, engine }) => {
    const x = engine.value(inputs.x);
    if (x.size === 0) return engine.tensor(full(0, x.type, []));
    return engine.tensor(sumInBlocks(x, (block) => op.mul(block, block)));
  }),
];
