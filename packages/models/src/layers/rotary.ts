import * as tf from '@tensorflow/tfjs-core';
import { fused } from './fused';

/** How rotary frequencies are stretched for longer contexts than were trained on. */
export type RopeScaling =
  | { readonly type: 'linear'; readonly factor: number }
  | {
      readonly type: 'llama3';
      readonly factor: number;
      readonly lowFreqFactor: number;
      readonly highFreqFactor: number;
      readonly originalMaxPositionEmbeddings: number;
    };

/** What turns queries and keys by their positions: cos and sin of the angles, [rows or 1, positions, rotated / 2]. */
export interface RotaryAngles {
  readonly cos: tf.Tensor3D;
  readonly sin: tf.Tensor3D;
}

/**
 * Angles of rotary position embeddings: angle(p, i) = p x theta^(-2i / rotated), i < rotated / 2.
 *
 * @param positions one list of positions per row, or a single list for all rows
 * @param rotated how many dimensions of a head are rotated, the first ones; even
 */
export function rotaryAngles(
  positions: readonly (readonly number[])[],
  rotated: number,
  theta: number,
  scaling?: RopeScaling,
): RotaryAngles {
  const frequencies = rotaryFrequencies(rotated, theta, scaling);
  const half = frequencies.length;
  const shape: [number, number, number] = [positions.length, positions[0]?.length ?? 0, half];
  const cos = new Float32Array(positions.length * shape[1] * half);
  const sin = new Float32Array(cos.length);
  positions.flat().forEach((position, token) => {
    frequencies.forEach((frequency, i) => {
      cos[token * half + i] = Math.cos(position * frequency);
      sin[token * half + i] = Math.sin(position * frequency);
    });
  });
  return { cos: tf.tensor3d(cos, shape), sin: tf.tensor3d(sin, shape) };
}

/**
 * Rotates the first dimensions of each head by halves, x = [a, b, rest]:
 *
 *     y = [a cos - b sin, b cos + a sin, rest]        dx = the same with -sin
 *
 * Kernel: `HalokitRotary` (x, cos, sin).
 *
 * Source: Su et al., "RoFormer", in the layout of GPT-NeoX and Llama checkpoints.
 *
 * @param x queries or keys, [rows, heads, positions, head size]
 */
export function rotary(x: tf.Tensor4D, { cos, sin }: RotaryAngles): tf.Tensor4D {
  // A small head may round its rotated part to nothing.
  if (cos.shape[2] === 0) return x;
  const operation = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    save([cos, sin]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [cos, sin] = saved as [tf.Tensor3D, tf.Tensor3D];
      return rotate(dy, cos, tf.neg(sin));
    };
    return { value: rotate(x, cos, sin), gradFunc };
  });
  return operation(x) as tf.Tensor4D;
}

function rotate(x: tf.Tensor, cos: tf.Tensor3D, sin: tf.Tensor3D): tf.Tensor {
  return fused('HalokitRotary', { x, cos, sin }, {}, () => [turn(x as tf.Tensor4D, cos, sin)])[0] as tf.Tensor;
}

function turn(x: tf.Tensor4D, cos: tf.Tensor3D, sin: tf.Tensor3D): tf.Tensor {
  return tf.tidy(() => {
    const half = cos.shape[2];
    const rest = x.shape[3] - 2 * half;
    const [a, b, kept] = tf.split(x, [half, half, rest], 3) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const [c, s] = [tf.expandDims(cos, 1), tf.expandDims(sin, 1)];
    const turned = [tf.sub(tf.mul(a, c), tf.mul(b, s)), tf.add(tf.mul(b, c), tf.mul(a, s))];
    return tf.concat(rest > 0 ? [...turned, kept] : turned, 3);
  });
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
