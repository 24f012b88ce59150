import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { Slots } from './slots';

export interface AdamWOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decoupled, and applied to every weight, biases and norms too, as PyTorch does. */
  readonly weightDecay?: number;
}

/**
 * Adam with decoupled weight decay:
 *
 *     w <- w (1 - rate weightDecay)
 *     m <- beta1 m + (1 - beta1) g            mhat = m / (1 - beta1^k)
 *     v <- beta2 v + (1 - beta2) g^2          vhat = v / (1 - beta2^k)
 *     w <- w - rate mhat / (sqrt(vhat) + epsilon)
 *
 * Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization"; torch.optim.AdamW.
 */
export function adamw(options: AdamWOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
  const means = new Slots();
  const squares = new Slots();
  let updates = 0;
  return {
    name: 'adamw',
    get state() {
      return { updates, slots: { means: means.tensors, squares: squares.tensors } };
    },
    update(weights, gradients, learningRate) {
      updates += 1;
      const correction1 = 1 - beta1 ** updates;
      const correction2 = 1 - beta2 ** updates;
      for (const [name, weight] of weights) {
        const gradient = gradients.get(name);
        if (!gradient) continue;
        tf.tidy(() => {
          const m = tf.add(tf.mul(means.get(name, weight), beta1), tf.mul(gradient, 1 - beta1));
          const v = tf.add(tf.mul(squares.get(name, weight), beta2), tf.mul(tf.square(gradient), 1 - beta2));
          means.set(name, m);
          squares.set(name, v);
          const step = tf.div(tf.mul(m, learningRate / correction1), tf.add(tf.sqrt(tf.div(v, correction2)), epsilon));
          weight.assign(tf.sub(tf.mul(weight, 1 - learningRate * weightDecay), step));
        });
      }
    },
    dispose: () => {
      means.dispose();
      squares.dispose();
    },
  };
}
