import { backend_util } from '@tensorflow/tfjs-core';
import { lacks } from '../binding/environment';
import { apply, applyMany, cast, int64s, scalar } from '../graph/record';
import { fromNumbers, type Value } from '../graph/value';
import { type ElementType, elementTypes } from '../onnx/element_type';
import type { Attributes } from '../onnx/model';

// ONNX operators as functions of values, with their shapes worked out: kernels read as formulas.

/** The shape of an elementwise result. @throws Error when the shapes do not broadcast */
export function broadcastShape(...values: readonly Value[]): number[] {
  return values.reduce(
    (shape: number[], value) => backend_util.assertAndGetBroadcastShape(shape, [...value.shape]),
    [],
  );
}

const binary = (op: string) => (a: Value, b: Value) => apply(op, [a, b], { type: a.type, shape: broadcastShape(a, b) });
const comparison = (op: string) => (a: Value, b: Value) =>
  apply(op, [a, b], { type: 'bool', shape: broadcastShape(a, b) });
/** Any operator of two inputs that broadcast. */
export function binaryWith(op: string, a: Value, b: Value, attributes: Attributes): Value {
  return apply(op, [a, b], { type: a.type, shape: broadcastShape(a, b) }, { attributes });
}
const unary =
  (op: string, type?: ElementType) =>
  (x: Value): Value =>
    apply(op, [x], { type: type ?? x.type, shape: x.shape });

export const add = binary('Add');
export const sub = binary('Sub');
export const mul = binary('Mul');
export const div = binary('Div');
export const pow = binary('Pow');
export const max = binary('Max');
export const min = binary('Min');
export const and = comparison('And');
export const equal = comparison('Equal');
export const greater = comparison('Greater');
export const greaterOrEqual = comparison('GreaterOrEqual');
export const less = comparison('Less');
export const lessOrEqual = comparison('LessOrEqual');

export function or(a: Value, b: Value): Value {
  return lacks('Or') ? not(and(not(a), not(b))) : comparison('Or')(a, b);
}

export const abs = unary('Abs');
export const exp = unary('Exp');
export const floor = unary('Floor');
export const log = unary('Log');
export const neg = unary('Neg');
export const not = unary('Not');
export const reciprocal = unary('Reciprocal');
export const sqrt = unary('Sqrt');
export const notANumber = unary('IsNaN', 'bool');
export const isInf = unary('IsInf', 'bool');
/** Any operator of one input whose result is like it. */
export const elementwise = unary;

/** What `compute` records, or, where it would hold no numbers, nothing. */
export function orEmpty(shape: readonly number[], type: ElementType, compute: () => Value): Value {
  const empty = shape.some((n) => n === 0);
  return empty ? fromNumbers(new elementTypes[type].array(0), type, shape) : compute();
}

/** `yes` where the condition holds and `no` elsewhere. */
export function where(condition: Value, yes: Value, no: Value): Value {
  if (yes.type === 'bool') return cast(where(condition, cast(yes, 'int32'), cast(no, 'int32')), 'bool');
  return apply('Where', [condition, yes, no], { type: yes.type, shape: broadcastShape(condition, yes, no) });
}

/** A constant of the same type, which the graph is compiled with. */
export function like(value: Value, x: number): Value {
  return scalar(x, value.type);
}

/** A number handed to the graph, so that another number needs no other graph. */
export function number(x: number, type: ElementType = 'float32'): Value {
  const values = type === 'int32' ? Int32Array.of(x) : type === 'bool' ? Uint8Array.of(x) : Float32Array.of(x);
  return fromNumbers(values, type, []);
}

/** Whole numbers of floats: cut off towards 0, and 0 for what is no number. */
export function toWhole(x: Value): Value {
  const finite = less(abs(x), like(x, Number.POSITIVE_INFINITY));
  return cast(where(finite, x, like(x, 0)), 'int32');
}

/** Computes in float32, and gives the result the type that TensorFlow.js expects. */
export function inFloat(x: Value, compute: (x: Value) => Value, type: ElementType = x.type): Value {
  const result = compute(cast(x, 'float32'));
  return type === 'int32' && result.type === 'float32' ? toWhole(result) : cast(result, type);
}

export function transpose(x: Value, perm: readonly number[]): Value {
  if (perm.every((axis, i) => axis === i)) return x;
  const shape = perm.map((axis) => x.shape[axis] as number);
  return apply('Transpose', [x], { type: x.type, shape }, { attributes: { perm } });
}

export function concat(values: readonly Value[], axis: number): Value {
  const full = values.filter(({ size }) => size > 0);
  const [first] = full.length > 0 ? full : values;
  if (!first || full.length <= 1) return first as Value;
  const shape = [...first.shape];
  shape[axis] = full.reduce((sum, value) => sum + (value.shape[axis] as number), 0);
  return apply('Concat', full, { type: first.type, shape }, { attributes: { axis } });
}

/** Numbers from `begin` on, `size` along each axis, every `step`-th; a negative step goes backwards. */
export function slice(x: Value, begin: readonly number[], size: readonly number[], steps?: readonly number[]): Value {
  if (!steps && size.every((n, axis) => n === x.shape[axis])) return x;
  const inside = begin.some((from, axis) => (steps?.[axis] ?? 1) < 0 && from !== (x.shape[axis] as number) - 1);
  // WebGPU's operator begins at the end whenever it goes backwards.
  if (steps && inside) return backwards(forwards(x, begin, size, steps), steps);
  return sliceWith(x, begin, size, steps);
}

/** The same numbers in the order in which they lie. */
function forwards(x: Value, begin: readonly number[], size: readonly number[], steps: readonly number[]): Value {
  const first = begin.map((from, axis) => from + Math.min(0, ((size[axis] as number) - 1) * (steps[axis] as number)));
  return sliceWith(x, first, size, steps.map(Math.abs));
}

/** The other way round along the axes whose step is negative. */
function backwards(x: Value, steps: readonly number[]): Value {
  const begin = steps.map((step, axis) => (step < 0 ? (x.shape[axis] as number) - 1 : 0));
  return sliceWith(x, begin, x.shape, steps.map(Math.sign));
}

function sliceWith(x: Value, begin: readonly number[], size: readonly number[], steps?: readonly number[]): Value {
  const axes = int64s(begin.map((_, axis) => axis));
  const stride = (axis: number) => steps?.[axis] ?? 1;
  const ends = begin.map((from, axis) => {
    const end = from + stride(axis) * (size[axis] as number);
    // Below 0 an end would count from the back, so going down to the first is said with the least number.
    return end < 0 ? -(2 ** 40) : end;
  });
  const places = [int64s(begin), int64s(ends), axes, ...(steps ? [int64s(steps)] : [])];
  return apply('Slice', [x, ...places], { type: x.type, shape: size });
}

/** The number `x` before and behind the numbers of each axis, as often as `sides` says. */
export function pad(value: Value, sides: readonly (readonly [number, number])[], x: number): Value {
  const shape = value.shape.map((n, axis) => n + (sides[axis]?.[0] ?? 0) + (sides[axis]?.[1] ?? 0));
  if (shape.every((n, axis) => n === value.shape[axis])) return value;
  if (value.size === 0) return expand(like(value, x), shape);
  const counts = int64s([...sides.map(([before]) => before), ...sides.map(([, after]) => after)]);
  return apply('Pad', [value, counts, like(value, x)], { type: value.type, shape });
}

/** Repeats a value so that it has this shape. */
export function expand(x: Value, shape: readonly number[]): Value {
  if (x.shape.length === shape.length && x.shape.every((n, i) => n === shape[i])) return x;
  return apply('Expand', [x, int64s(shape)], { type: x.type, shape });
}

/** Reduces some axes. @param op an ONNX operator, ReduceSum for one */
export function reduce(op: string, x: Value, axes: readonly number[], keepDims: boolean): Value {
  const shape = x.shape.flatMap((n, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [n]));
  if (axes.length === 0) return x;
  return apply(op, [x, int64s(axes)], { type: x.type, shape }, { attributes: { keepdims: keepDims ? 1 : 0 } });
}

/** 0, 1, ..., count - 1. */
export function rangeTo(count: number): Value {
  return fromNumbers(
    Int32Array.from({ length: count }, (_, i) => i),
    'int32',
    [count],
  );
}

/** The largest along the last axis and where they are, the earlier of equals first. */
export function topK(x: Value, k: number): [Value, Value] {
  const numeric = x.type === 'bool' ? cast(x, 'int32') : x;
  const shape = [...x.shape.slice(0, -1), k];
  const outputs = [
    { type: numeric.type, shape },
    { type: 'int64', shape },
  ] as const;
  const attributes = { axis: -1, largest: 1, sorted: 1 };
  const [values, indices] = applyMany('TopK', [numeric, int64s([k])], outputs, { attributes });
  return [cast(values as Value, x.type), indices as Value];
}

/** Sums of all numbers up to each along an axis, with the number itself or without. */
export function cumulativeSum(x: Value, axis: number, exclusive: boolean, reverse: boolean): Value {
  const attributes = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
  return apply('CumSum', [x, scalar(axis, 'int64')], { type: x.type, shape: x.shape }, { attributes });
}
