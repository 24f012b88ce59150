import * as tf from '@tensorflow/tfjs-core';
import type { RopeScaling } from './config';

/** cos and sin of every position's angles, each [rows or 1, 1, positions, rotated]: broadcast over heads. */
export interface RotaryAngles {
  readonly cos: tf.Tensor4D;
  readonly sin: tf.Tensor4D;
}

/**
 * Angles of rotary position embeddings: angle(p, i) = p x theta^(-2i / rotated), both halves alike.
 *
 * @param positions one list of positions per row, or a single list for all rows
 * @param rotated how many of a head's dimensions are rotated; even
 */
export function rotaryAngles(
  positions: readonly (readonly number[])[],
  rotated: number,
  theta: number,
  scaling?: RopeScaling,
): RotaryAngles {
  const frequencies = rotaryFrequencies(rotated, theta, scaling);
  const length = positions[0]?.length ?? 0;
  const half = rotated / 2;
  const cos = new Float32Array(positions.length * length * rotated);
  const sin = new Float32Array(cos.length);
  let at = 0;
  for (const row of positions) {
    for (const position of row) {
      for (let i = 0; i < rotated; i++) {
        const angle = position * (frequencies[i % half] as number);
        cos[at] = Math.cos(angle);
        sin[at] = Math.sin(angle);
        at++;
      }
    }
  }
  const shape: [number, number, number, number] = [positions.length, 1, length, rotated];
  return { cos: tf.tensor4d(cos, shape), sin: tf.tensor4d(sin, shape) };
}

/**
 * Rotates the first dimensions of each head by halves: x cos + rotateHalf(x) sin, rotateHalf([a, b]) = [-b, a].
 *
 * Source: Su et al., "RoFormer", in the layout of GPT-NeoX and Llama checkpoints.
 *
 * @param x queries or keys, [rows, heads, positions, head size]; dimensions past the angles' stay as they are
 */
export function rotary(x: tf.Tensor4D, { cos, sin }: RotaryAngles): tf.Tensor4D {
  const size = x.shape[3];
  const rotated = cos.shape[3];
  const [a, b, rest] = tf.split(x, [rotated / 2, rotated / 2, size - rotated], 3) as tf.Tensor4D[];
  const first = tf.concat([a, b] as tf.Tensor4D[], 3);
  const turned = tf.concat([tf.neg(b as tf.Tensor4D), a as tf.Tensor4D], 3);
  const result = tf.add(tf.mul(first, cos), tf.mul(turned, sin)) as tf.Tensor4D;
  return size === rotated ? result : tf.concat([result, rest as tf.Tensor4D], 3);
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
