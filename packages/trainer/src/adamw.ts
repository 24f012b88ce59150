import { fused } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { restoreSlots, Slots } from './slots';

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
 * Kernel: `HalokitAdamwStep` (weight, means, squares, gradient; rate, beta1, beta2, epsilon, weightDecay, correction1,
 * correction2, scale) to weight, means and squares.
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
    update(weights, gradients, learningRate, gradientScale = 1) {
      updates += 1;
      const attributes = {
        ...{ rate: learningRate, beta1, beta2, epsilon, weightDecay, scale: gradientScale },
        correction1: 1 - beta1 ** updates,
        correction2: 1 - beta2 ** updates,
      };
      for (const [name, weight] of weights) {
        const gradient = gradients.get(name);
        if (!gradient) continue;
        tf.tidy(() => {
          const inputs = { weight, means: means.get(name, weight), squares: squares.get(name, weight), gradient };
          const [next, m, v] = fused('HalokitAdamwStep', inputs, attributes, () => step(inputs, attributes));
          means.set(name, m);
          squares.set(name, v);
          weight.assign(next);
        });
      }
    },
    restore(state) {
      restoreSlots('adamw', { means, squares }, state);
      updates = state.updates;
    },
    dispose: () => {
      means.dispose();
      squares.dispose();
    },
  };
}

type Inputs = Readonly<Record<'weight' | 'means' | 'squares' | 'gradient', tf.Tensor>>;
type Numbers = 'rate' | 'beta1' | 'beta2' | 'epsilon' | 'weightDecay' | 'correction1' | 'correction2' | 'scale';

function step({ weight, means, squares, gradient }: Inputs, n: Readonly<Record<Numbers, number>>) {
  const g = n.scale === 1 ? gradient : tf.mul(gradient, n.scale);
  const m = tf.add(tf.mul(means, n.beta1), tf.mul(g, 1 - n.beta1));
  const v = tf.add(tf.mul(squares, n.beta2), tf.mul(tf.square(g), 1 - n.beta2));
  const deviation = tf.add(tf.sqrt(tf.div(v, n.correction2)), n.epsilon);
  const decayed = tf.mul(weight, 1 - n.rate * n.weightDecay);
  return [tf.sub(decayed, tf.div(tf.mul(m, n.rate / n.correction1), deviation)), m, v] as const;
}
