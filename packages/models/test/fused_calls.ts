import * as tf from '@tensorflow/tfjs-core';
import { gelu } from '../src/layers/gelu';
import { geluTanh } from '../src/layers/gelu_tanh';
import { labelLogps } from '../src/layers/label_logps';
import { layerNorm } from '../src/layers/layer_norm';
import { rmsNorm } from '../src/layers/rms_norm';
import { rotary, rotaryAngles } from '../src/layers/rotary';
import { swiglu } from '../src/layers/swiglu';
import { largest, type Numbers, normals, sizeOf } from './numbers';
import { mean, rowsOf } from './textbook';

/** A fused operation with everything it is called with. */
export interface Call {
  /** What it has gradients for. */
  readonly inputs: readonly Numbers[];
  readonly run: (inputs: readonly tf.Tensor[]) => tf.Tensor;
  /** Magnitudes of the terms that cancel in the result and in each gradient, for an upstream gradient of at most 1. */
  readonly terms: readonly number[];
  /** No number of a result depends on another's inputs, so each is held against its own magnitude and not its row's. */
  readonly elementwise?: true;
}

export interface NormCall {
  readonly seed: number;
  readonly shape: readonly number[];
  /** Of every row's numbers. */
  readonly mean: number;
  readonly spread: number;
}

export const epsilon = 1e-5;

export function layerNormCall({ seed, shape, mean, spread }: NormCall): Call {
  const width = shape.at(-1) as number;
  const x = normals(seed, shape, spread, mean);
  const [weight, bias] = [normals(seed + 1, [width]), normals(seed + 2, [width])];
  const normal = Math.sqrt(width);
  const rows = sizeOf(shape) / width;
  const run = (t: readonly tf.Tensor[]) => layerNorm(t[0] as tf.Tensor, t[1] as tf.Tensor, t[2] as tf.Tensor, epsilon);
  const terms = [normal * largest(weight), (normal * largest(weight)) / leastDeviation(x), rows * normal, rows];
  return { inputs: [x, weight, bias], run, terms };
}

export function rmsNormCall({ seed, shape, mean, spread }: NormCall): Call {
  const width = shape.at(-1) as number;
  const x = normals(seed, shape, spread, mean);
  const weight = normals(seed + 1, [width]);
  const normal = Math.sqrt(width);
  const run = (t: readonly tf.Tensor[]) => rmsNorm(t[0] as tf.Tensor, t[1] as tf.Tensor, epsilon);
  const terms = [0, (normal * largest(weight)) / leastDeviation(x), (normal * sizeOf(shape)) / width];
  return { inputs: [x, weight], run, terms };
}

function leastDeviation({ shape, values }: Numbers): number {
  const variances = rowsOf(values, shape.at(-1) as number).map((row) => mean(row.map((x) => (x - mean(row)) ** 2)));
  return Math.sqrt(Math.min(...variances) + epsilon);
}

export interface ActivationCall {
  readonly seed: number;
  readonly shape: readonly number[];
  readonly spread: number;
}

/** TensorFlow.js' own erf is off by up to 1.5e-7, so Phi(x) is, and at x = -5 all of it may be that. */
export function geluCall({ seed, shape, spread }: ActivationCall): Call {
  return {
    inputs: [normals(seed, shape, spread)],
    run: ([x]) => gelu(x as tf.Tensor),
    terms: [1, 1],
    elementwise: true,
  };
}

export function geluTanhCall({ seed, shape, spread }: ActivationCall): Call {
  const run = ([x]: readonly tf.Tensor[]) => geluTanh(x as tf.Tensor);
  return { inputs: [normals(seed, shape, spread)], run, terms: [1, 1], elementwise: true };
}

export function swigluCall({ seed, shape, spread }: ActivationCall): Call {
  const [gate, up] = [normals(seed, shape, spread), normals(seed + 1, shape, spread)];
  const run = (t: readonly tf.Tensor[]) => swiglu(t[0] as tf.Tensor, t[1] as tf.Tensor);
  // Where sigma(gate) is no normal float32, it may be 0.
  const least = 1e-6;
  return { inputs: [gate, up], run, terms: [least, largest(up), least], elementwise: true };
}

export interface RotaryCall {
  readonly seed: number;
  readonly shape: readonly [number, number, number, number];
  readonly rotated: number;
  /** One list for every row, or one list for all. */
  readonly positions: readonly (readonly number[])[];
}

export function rotaryCall({ seed, shape, rotated, positions }: RotaryCall): Call {
  const run = ([x]: readonly tf.Tensor[]) => rotary(x as tf.Tensor4D, rotaryAngles(positions, rotated, 10000));
  return { inputs: [normals(seed, shape)], run, terms: [1, 1] };
}

export interface LabelCall {
  readonly seed: number;
  readonly width: number;
  readonly vocabulary: number;
  /** One for each hidden state. */
  readonly labels: readonly number[];
  /** Of hidden states: large ones make one token certain. */
  readonly spread: number;
}

export function labelLogpsCall({ seed, width, vocabulary, labels, spread }: LabelCall): Call {
  const [hidden, matrix] = [normals(seed, [labels.length, width], spread), normals(seed + 1, [vocabulary, width])];
  const run = (t: readonly tf.Tensor[]) =>
    labelLogps(t[0] as tf.Tensor2D, t[1] as tf.Tensor2D, tf.tensor1d([...labels], 'int32'));
  // log Z is rounded to float32, and shares computed from it are off by that part of themselves.
  const logits = 1 + longest(hidden) * longest(matrix);
  const terms = [logits, largest(matrix) * logits, labels.length * largest(hidden) * logits];
  return { inputs: [hidden, matrix], run, terms };
}

/** The largest Euclidean length of a row. */
function longest({ shape, values }: Numbers): number {
  return Math.max(...rowsOf(values, shape.at(-1) as number).map((row) => Math.hypot(...row)));
}
