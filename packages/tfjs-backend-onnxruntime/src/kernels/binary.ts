import type { KernelConfig } from '@tensorflow/tfjs-core';
import { cast } from '../graph/record';
import type { Value } from '../graph/value';
import { kernel, type TwoInputs } from './kernel';
import { plusBias } from './mixed_products';
import * as op from './ops';
import { addRows, scaleRows, subtractRows } from './sparse';

/** A kernel of two tensors that broadcast. Truth values are computed with as 0 and 1. */
function binary(name: string, compute: (a: Value, b: Value) => Value): KernelConfig {
  return kernel<TwoInputs>(name, ({ inputs, engine }) => {
    const [a, b] = [engine.value(inputs.a), engine.value(inputs.b)];
    return engine.tensor(op.orEmpty(op.broadcastShape(a, b), a.type, () => computed(compute, a, b)));
  });
}

function computed(compute: (a: Value, b: Value) => Value, a: Value, b: Value): Value {
  if (a.type !== 'bool') return compute(a, b);
  return cast(compute(cast(a, 'int32'), cast(b, 'int32')), 'bool');
}

/** A kernel of two tensors that says of each pair whether something holds. */
function comparison(name: string, compare: (a: Value, b: Value) => Value, truth = false): KernelConfig {
  return kernel<TwoInputs>(name, ({ inputs, engine }) => {
    const [a, b] = [engine.value(inputs.a), engine.value(inputs.b)];
    const as = (x: Value) => (truth ? cast(x, 'bool') : x.type === 'bool' ? cast(x, 'int32') : x);
    return engine.tensor(op.orEmpty(op.broadcastShape(a, b), 'bool', () => compare(as(a), as(b))));
  });
}

/** The remainder with the divisor's sign; 0 for whole numbers divided by 0. */
function floorMod(a: Value, b: Value): Value {
  // In float32 a small negative remainder and its divisor would add up to the divisor.
  const [x, y] = [cast(a, 'float64'), cast(b, 'float64')];
  const mod = (dividend: Value) => op.binaryWith('Mod', dividend, y, { fmod: 1 });
  const remainder = mod(x);
  const sameSign = op.equal(op.less(x, op.like(x, 0)), op.less(y, op.like(y, 0)));
  const result = op.where(sameSign, remainder, mod(op.add(remainder, y)));
  return a.type === 'int32' ? op.toWhole(result) : cast(result, a.type);
}

/** Quotients of whole numbers too are exact in float64. */
function quotient(a: Value, b: Value): Value {
  return op.div(cast(a, 'float64'), cast(b, 'float64'));
}

/** The angle of (x, y), in (-pi, pi], with the signs of zeros and the infinities of Math.atan2. */
function atan2(y: Value, x: Value): Value {
  const zero = op.like(x, 0);
  const negative = (v: Value) => op.or(op.less(v, zero), op.less(op.reciprocal(v), zero));
  const ones = (v: Value) => op.elementwise('Sign')(v);
  const bothInfinite = op.and(op.isInf(x), op.isInf(y));
  const bothZero = op.and(op.equal(x, zero), op.equal(y, zero));
  const ratio = op.div(op.where(bothInfinite, ones(y), y), op.where(bothInfinite, ones(x), x));
  const half = op.where(bothZero, op.div(y, op.like(y, Number.POSITIVE_INFINITY)), op.elementwise('Atan')(ratio));
  const turn = op.where(negative(y), op.like(y, -Math.PI), op.like(y, Math.PI));
  const straight = op.where(bothZero, zero, half);
  return op.where(negative(x), op.add(straight, turn), op.where(bothZero, y, half));
}

export const binaryKernels: readonly KernelConfig[] = [
  binary('Add', (a, b) => plusBias(a, b) ?? addRows(a, b)),
  binary('Sub', subtractRows),
  binary('Multiply', scaleRows),
  binary('RealDiv', (a, b) => (a.type === 'int32' ? op.toWhole(quotient(a, b)) : op.div(a, b))),
  binary('Pow', op.pow),
  binary('Maximum', op.max),
  binary('Minimum', op.min),
  binary('Mod', floorMod),
  binary('Atan2', atan2),
  binary('SquaredDifference', (a, b) => {
    const difference = op.sub(a, b);
    return op.mul(difference, difference);
  }),
  kernel<TwoInputs>('FloorDiv', ({ inputs, engine }) => {
    const [a, b] = [engine.value(inputs.a), engine.value(inputs.b)];
    return engine.tensor(op.orEmpty(op.broadcastShape(a, b), 'int32', () => op.toWhole(op.floor(quotient(a, b)))));
  }),
  comparison('Equal', op.equal),
  comparison('NotEqual', (a, b) => op.not(op.equal(a, b))),
  comparison('Greater', op.greater),
  comparison('GreaterEqual', op.greaterOrEqual),
  comparison('Less', op.less),
  comparison('LessEqual', op.lessOrEqual),
  comparison('LogicalAnd', op.and, true),
  comparison('LogicalOr', op.or, true),
];
