import { fused } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { restoreSlots, Slots } from './slots';

export interface RmspropOptions {
  readonly alpha?: number;
  readonly epsilon?: number;
}

/**
 * RMSprop as in PyTorch, without momentum or centring:
 *
 *     v <- alpha v + (1 - alpha) g^2        (v starts at 0, no bias correction)
 *     w <- w - rate g / (sqrt(v) + epsilon)
 *
 * Kernel: `HalokitRmspropStep` (weight, squares, gradient; rate, alpha, epsilon, scale) to weight and squares.
 *
 * Source: torch.optim.RMSprop; the optimiser of the Archangel suite.
 */
export function rmsprop({ alpha = 0.99, epsilon = 1e-8 }: RmspropOptions = {}): Optimizer {
  const squares = new Slots();
  let updates = 0;
  return {
    name: 'rmsprop',
    get state() {
      return { updates, slots: { squares: squares.tensors } };
    },
    update(weights, gradients, learningRate, gradientScale = 1) {
      updates += 1;
      const attributes = { rate: learningRate, alpha, epsilon, scale: gradientScale };
      for (const [name, weight] of weights) {
        const gradient = gradients.get(name);
        if (!gradient) continue;
        tf.tidy(() => {
          const inputs = { weight, squares: squares.get(name, weight), gradient };
          const [next, nextSquares] = fused('HalokitRmspropStep', inputs, attributes, () => step(inputs, attributes));
          squares.set(name, nextSquares);
          weight.assign(next);
        });
      }
    },
    restore(state) {
      restoreSlots('rmsprop', { squares }, state);
      updates = state.updates;
    },
    dispose: () => squares.dispose(),
  };
}

function step(
  { weight, squares, gradient }: Readonly<Record<'weight' | 'squares' | 'gradient', tf.Tensor>>,
  { rate, alpha, epsilon, scale }: Readonly<Record<'rate' | 'alpha' | 'epsilon' | 'scale', number>>,
) {
  const g = scale === 1 ? gradient : tf.mul(gradient, scale);
  const v = tf.add(tf.mul(squares, alpha), tf.mul(tf.square(g), 1 - alpha));
  return [tf.sub(weight, tf.div(tf.mul(g, rate), tf.add(tf.sqrt(v), epsilon))), v] as const;
}
