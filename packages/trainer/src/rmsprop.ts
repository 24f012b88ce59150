import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { Slots } from './slots';

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
    update(weights, gradients, learningRate) {
      updates += 1;
      for (const [name, weight] of weights) {
        const gradient = gradients.get(name);
        if (!gradient) continue;
        tf.tidy(() => {
          const v = tf.add(tf.mul(squares.get(name, weight), alpha), tf.mul(tf.square(gradient), 1 - alpha));
          squares.set(name, v);
          weight.assign(tf.sub(weight, tf.div(tf.mul(gradient, learningRate), tf.add(tf.sqrt(v), epsilon))));
        });
      }
    },
    dispose: () => squares.dispose(),
  };
}
