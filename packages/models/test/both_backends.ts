import * as tf from '@tensorflow/tfjs-core';
import type { Call } from './fused_calls';
import { largest, type Numbers, normals, perturbed } from './numbers';

/** Unit roundoff of float32 is 2^-24; results of a few operations are a few of them off. */
const [rounding, ofTerms] = [2e-5, 1e-6];

/**
 * Whether inputs reach a kernel as numbers that JavaScript has, or as results that a backend has yet to compute and may
 * overwrite.
 */
export type Held = 'in JavaScript' | 'to be computed';

/** The operation's value and its gradients, for a random upstream gradient, as users get them. */
async function evaluate(backend: string, { inputs, run }: Call, dy: Numbers, held: Held): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const results = tf.tidy(() => {
    const made = ({ shape, values }: Numbers) => {
      const x = tf.tensor([...values], [...shape]);
      return held === 'to be computed' ? tf.neg(tf.neg(x)) : x;
    };
    const tensors = inputs.map(made);
    return [run(tensors), ...tf.grads((...x: tf.Tensor[]) => run(x))(tensors, made(dy))];
  });
  const read: Float32Array[] = [];
  for (const tensor of results) read.push(await tensor.data<'float32'>());
  tf.dispose(results);
  return read;
}

/**
 * The first difference between the native engine and TensorFlow.js' own JavaScript that is more than float32 rounding.
 * Three things make up for rounding: a part of the largest number of the row (of the number itself where each is on its
 * own); what the result changes by when every input moves by the rounding of a few operations, for that is what a
 * backward stable algorithm may be off by (nearly constant rows and scores of 1e5 magnify it); and a part of the terms
 * that cancel where the result is near 0 whatever the inputs are.
 */
export async function difference(call: Call, seed: number, held: Held): Promise<string | undefined> {
  const dy = normals(seed + 9, await outputShape(call));
  const actual = await evaluate('onnxruntime', call, dy, held);
  const expected = await evaluate('cpu', call, dy, held);
  const moved: Float32Array[][] = [];
  for (const draw of [100, 200, 300]) {
    const inputs = call.inputs.map((x, i) => perturbed(x, 2 ** -19, draw + i));
    moved.push(await evaluate('cpu', { ...call, inputs }, perturbed(dy, 2 ** -19, draw + 9), held));
  }
  const shapes = [dy, ...call.inputs].map(({ shape }) => shape);
  for (const [t, values] of expected.entries()) {
    const name = t === 0 ? 'the value' : `the gradient of input ${t - 1}`;
    if (actual[t]?.length !== values.length) return `${name} has ${actual[t]?.length} numbers, not ${values.length}`;
    const changes = values.map((x, i) => Math.max(...moved.map((other) => Math.abs(x - (other[t]?.[i] as number)))));
    const change = largest({ values: changes });
    const terms = ofTerms * (call.terms[t] as number) * (t === 0 ? 1 : largest(dy));
    const size = call.elementwise ? 1 : (shapes[t]?.at(-1) as number);
    for (let start = 0; start < values.length; start += size) {
      const row = values.subarray(start, start + size);
      const moves = call.elementwise ? (changes[start] as number) : change;
      const tolerance = rounding * largest({ values: row }) + moves + terms;
      const wrong = row.findIndex((x, i) => !(Math.abs(x - (actual[t]?.[start + i] as number)) <= tolerance));
      if (wrong >= 0) {
        return `${name} [${shapes[t]}] has ${actual[t]?.[start + wrong]}, not ${row[wrong]}, at ${start + wrong}: tolerance ${tolerance}`;
      }
    }
  }
  return undefined;
}

async function outputShape({ inputs, run }: Call): Promise<number[]> {
  await tf.setBackend('cpu');
  return tf.tidy(() => run(inputs.map(({ shape, values }) => tf.tensor([...values], [...shape]))).shape);
}
