import * as tf from '@tensorflow/tfjs-core';
import { initialValues, parameters } from '../train_step/initial_weights';
import type { Shape } from '../train_step/shape';

/** Values that no step changes. */
interface Constants {
  /** 0 where a position sees another, -1e9 where not, [positions, positions]. */
  readonly mask: tf.Tensor2D;
  /** Of each position's angles, [positions, head size]; 1 and 0 where nothing is rotated. */
  readonly cos: tf.Tensor2D;
  readonly sin: tf.Tensor2D;
  /** Turns [a, b, rest] into [-b, a, 0], [head size, head size]. */
  readonly turn: tf.Tensor2D;
}

export interface Model {
  readonly shape: Shape;
  readonly weights: ReadonlyMap<string, tf.Variable>;
  readonly constants: Constants;
}

/** A model with the initial weights that the peer has too. The caller disposes of its tensors. */
export function createModel(shape: Shape): Model {
  const weights = new Map<string, tf.Variable>();
  parameters(shape).forEach((parameter, index) => {
    const values = tf.tensor(initialValues(parameter, index), parameter.shape);
    weights.set(parameter.name, tf.variable(values));
    values.dispose();
  });
  return { shape, weights, constants: createConstants(shape) };
}

/** Frees every tensor of the model. */
export function disposeModel({ weights, constants }: Model): void {
  tf.dispose([...weights.values(), ...Object.values(constants)]);
}

function createConstants({ tokens, width, heads }: Shape): Constants {
  const size = width / heads;
  const rotated = size / 4;
  const mask = new Float32Array(tokens * tokens);
  const cos = new Float32Array(tokens * size).fill(1);
  const sin = new Float32Array(tokens * size);
  const turn = new Float32Array(size * size);
  for (let position = 0; position < tokens; position++) {
    mask.fill(-1e9, position * tokens + position + 1, (position + 1) * tokens);
    for (let i = 0; i < rotated; i++) {
      const angle = position * 10000 ** ((-2 * (i % (rotated / 2))) / rotated);
      cos[position * size + i] = Math.cos(angle);
      sin[position * size + i] = Math.sin(angle);
    }
  }
  for (let i = 0; i < rotated / 2; i++) {
    turn[(i + rotated / 2) * size + i] = -1;
    turn[i * size + i + rotated / 2] = 1;
  }
  return {
    mask: tf.tensor2d(mask, [tokens, tokens]),
    cos: tf.tensor2d(cos, [tokens, size]),
    sin: tf.tensor2d(sin, [tokens, size]),
    turn: tf.tensor2d(turn, [size, size]),
  };
}
