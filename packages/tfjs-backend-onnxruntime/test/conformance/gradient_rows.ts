import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { type Input, tensorOf } from './inputs';
import { type Row, row } from './row';
import { fullShapes, withAxes } from './shapes';
import type { Tolerance } from './tolerance';
import { moderate } from './values';

type Program = (...tensors: tf.Tensor[]) => tf.Tensor;

/** Gradients are sums of products of up to three numbers of up to 4: relative to those, cancelled terms are this much. */
const cancelled: Tolerance = { relative: 1e-4, absolute: 1e-4, because: 'terms of float32 sums cancel' };

export const between = (low: number, high: number) =>
  fc.integer({ min: low * 1000, max: high * 1000 }).map((n) => Math.fround(n / 1000));
export const typical = moderate(4);
export const positive = between(0.2, 4);

/** All gradients of a program, times gradients of its result that are not all the same: a multiple of the result. */
function pulled(program: Program, tensors: readonly tf.Tensor[]): tf.Tensor[] {
  const dy = tf.add(tf.mul(program(...tensors), 0.5), 1);
  return tf.grads(program)([...tensors], dy);
}

function gradient(name: string, inputs: fc.Arbitrary<readonly Input[]>, program: Program): Row {
  return row(
    name,
    inputs.map((list) => ({ inputs: list })),
    (tensors) => pulled(program, tensors),
    cancelled,
  );
}

export const unary = (name: string, program: Program, values = typical) =>
  gradient(
    name,
    fullShapes(0, 3).chain((shape) => tensorOf(shape, 'float32', values).map((x) => [x])),
    program,
  );

/** Two shapes of which the second, or the first, is repeated. */
const repeated = fc
  .tuple(fullShapes(1, 3), fc.integer({ min: 0, max: 3 }), fc.boolean())
  .map(([shape, from, swap]): [number[], number[]] => {
    const part = shape.slice(Math.min(from, shape.length));
    return swap ? [part, shape] : [shape, part];
  });
export const binary = (name: string, program: Program, left = typical, right = left) =>
  gradient(
    name,
    repeated.chain(([a, b]) => fc.tuple(tensorOf(a, 'float32', left), tensorOf(b, 'float32', right))),
    program,
  );
/** TensorFlow.js does not add up gradients over what these operators repeat. */
export const alike = (name: string, program: Program) =>
  gradient(
    name,
    fullShapes(0, 3).chain((shape) =>
      fc.tuple(tensorOf(shape, 'float32', typical), tensorOf(shape, 'float32', typical)),
    ),
    program,
  );
export const fixed = (name: string, shapes: readonly (readonly number[])[], program: Program, values = typical) =>
  gradient(name, fc.tuple(...shapes.map((shape) => tensorOf(shape, 'float32', values))), program);

/** A reduction over any axes. */
export function reduced(
  name: string,
  reduce: (x: tf.Tensor, axis?: number[], keepDims?: boolean) => tf.Tensor,
  values = typical,
): Row {
  const calls = withAxes(fullShapes(1, 3)).chain(({ shape, axis, keepDims }) =>
    tensorOf(shape, 'float32', values).map((x) => ({ inputs: [x], axis, keepDims })),
  );
  return row(
    name,
    calls,
    (tensors, { axis, keepDims }) => pulled((x) => reduce(x as tf.Tensor, axis, keepDims), tensors),
    cancelled,
  );
}
