import * as tf from '@tensorflow/tfjs-core';
import type { RopeScaling } from './config';

/** What turns queries and keys by their positions. */
export interface RotaryAngles {
  /** cos and sin of every position's angles, [rows or 1, 1, positions, head size]; 1 and 0 where nothing is rotated. */
  readonly cos: tf.Tensor4D;
  readonly sin: tf.Tensor4D;
  /** The matrix of rotateHalf, [head size, head size]: [a, b, rest] -> [-b, a, 0]. */
  readonly turn: tf.Tensor2D;
}

/**
 * Angles of rotary position embeddings: angle(p, i) = p x theta^(-2i / rotated), both halves alike.
 *
 * @param positions one list of positions per row, or a single list for all rows
 * @param size dimensions of a head
 * @param rotated how many of them are rotated, the first ones; even
 */
export function rotaryAngles(
  positions: readonly (readonly number[])[],
  size: number,
  rotated: number,
  theta: number,
  scaling?: RopeScaling,
): RotaryAngles {
  const frequencies = rotaryFrequencies(rotated, theta, scaling);
  const length = positions[0]?.length ?? 0;
  const half = rotated / 2;
  const cos = new Float32Array(positions.length * length * size).fill(1);
  const sin = new Float32Array(cos.length);
  positions.flat().forEach((position, row) => {
    for (let i = 0; i < rotated; i++) {
      const angle = position * (frequencies[i % half] as number);
      cos[row * size + i] = Math.cos(angle);
      sin[row * size + i] = Math.sin(angle);
    }
  });
  const turn = new Float32Array(size * size);
  for (let i = 0; i < half; i++) {
    turn[(i + half) * size + i] = -1;
    turn[i * size + i + half] = 1;
  }
  const shape: [number, number, number, number] = [positions.length, 1, length, size];
  return { cos: tf.tensor4d(cos, shape), sin: tf.tensor4d(sin, shape), turn: tf.tensor2d(turn, [size, size]) };
}

/**
 * Rotates the first dimensions of each head by halves: x cos + rotateHalf(x) sin.
 *
 * rotateHalf is a product with a matrix of 0, 1 and -1, which is exact and faster than cutting heads up and joining them.
 *
 * Source: Su et al., "RoFormer", in the layout of GPT-NeoX and Llama checkpoints.
 *
 * @param x queries or keys, [rows, heads, positions, head size]
 */
export function rotary(x: tf.Tensor4D, { cos, sin, turn }: RotaryAngles): tf.Tensor4D {
  const turned = tf.matMul(tf.reshape(x, [-1, x.shape[3]]), turn);
  return tf.add(tf.mul(x, cos), tf.mul(tf.reshape(turned, x.shape), sin));
}

function rotaryFrequencies(rotated: number, theta: number, scaling?: RopeScaling): number[] {
  const plain = [...Array(rotated / 2).keys()].map((i) => theta ** ((-2 * i) / rotated));
  if (!scaling) return plain;
  if (scaling.type === 'linear') return plain.map((f) => f / scaling.factor);
  return plain.map((f) => llama3Frequency(f, scaling));
}

/** Long waves are stretched, short ones kept, those between interpolated. Source: Llama 3.1's configuration. */
function llama3Frequency(frequency: number, scaling: Extract<RopeScaling, { type: 'llama3' }>): number {
  const { factor, lowFreqFactor, highFreqFactor, originalMaxPositionEmbeddings: context } = scaling;
  const wavelength = (2 * Math.PI) / frequency;
  if (wavelength < context / highFreqFactor) return frequency;
  if (wavelength > context / lowFreqFactor) return frequency / factor;
  const smooth = (context / wavelength - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}
