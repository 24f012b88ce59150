import type { KernelConfig } from '@tensorflow/tfjs-core';
import { cast } from '../graph/record';
import type { Value } from '../graph/value';
import { kernel, type OneInput } from './kernel';
import * as op from './ops';
import { negativeRows } from './sparse';

/** A kernel of one tensor, computed in the tensor's own type. */
function exact(name: string, compute: (x: Value) => Value): KernelConfig {
  return kernel<OneInput>(name, ({ inputs, engine }) => {
    const x = engine.value(inputs.x);
    return engine.tensor(
      op.orEmpty(x.shape, x.type, () => (x.type === 'bool' ? cast(compute(cast(x, 'int32')), 'bool') : compute(x))),
    );
  });
}

/** A kernel of one tensor, computed in float32 and rounded to the tensor's own type, as TensorFlow.js does. */
function float(name: string, compute: (x: Value) => Value, type?: 'float32' | 'bool'): KernelConfig {
  return kernel<OneInput>(name, ({ inputs, engine }) => {
    const x = engine.value(inputs.x);
    const result = type ?? x.type;
    return engine.tensor(op.orEmpty(x.shape, result, () => op.inFloat(x, compute, result)));
  });
}

const operator = (name: string) => op.elementwise(name);
const one = (x: Value) => op.like(x, 1);
const zero = (x: Value) => op.like(x, 0);

/** exp(x) - 1 without cancellation. Source: Kahan, as in Higham, "Accuracy and Stability of Numerical Algorithms", 1.14.1. */
function expm1(x: Value): Value {
  const u = op.exp(x);
  const less = op.sub(u, one(x));
  const precise = op.mul(less, op.div(x, op.log(u)));
  const plain = op.or(op.equal(less, op.like(x, -1)), op.isInf(u));
  return op.where(op.equal(u, one(x)), x, op.where(plain, less, precise));
}

/** log(1 + x) without cancellation. Source: Kahan, as above. */
function log1p(x: Value): Value {
  const u = op.add(x, one(x));
  const same = op.or(op.equal(u, one(x)), op.equal(u, op.like(x, Number.POSITIVE_INFINITY)));
  return op.where(same, x, op.mul(op.log(u), op.div(x, op.sub(u, one(x)))));
}

/** In float64, since the operator Tan is off by whole turns for large numbers. */
function tan(x: Value): Value {
  const wide = cast(x, 'float64');
  return cast(op.div(operator('Sin')(wide), operator('Cos')(wide)), 'float32');
}

/** 1 / (1 + exp(-x)): the operator of that name flattens out at -18, where log-probabilities still tell answers apart. */
export function sigmoid(x: Value): Value {
  return op.reciprocal(op.add(op.exp(op.neg(x)), one(x)));
}

/** log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)). */
function softplus(x: Value): Value {
  return op.add(op.where(op.greater(x, zero(x)), x, zero(x)), log1p(op.exp(op.neg(op.abs(x)))));
}

export function elu(x: Value): Value {
  return op.where(op.greaterOrEqual(x, zero(x)), x, expm1(x));
}

/** Source: Klambauer et al., "Self-Normalizing Neural Networks"; the constants are TensorFlow's. */
function selu(x: Value): Value {
  const scaleAlpha = 1.7580993408473768;
  const scale = 1.0507009873554805;
  const negative = op.mul(expm1(x), op.like(x, scaleAlpha));
  return op.where(op.greaterOrEqual(x, zero(x)), op.mul(x, op.like(x, scale)), negative);
}

/** max(0, x), of which NaN is NaN. */
export function relu(x: Value): Value {
  return op.max(x, zero(x));
}

function clip(x: Value, low: Value, high: Value): Value {
  return op.where(op.greater(x, high), high, op.where(op.less(x, low), low, x));
}

export function relu6(x: Value): Value {
  return clip(x, zero(x), op.like(x, 6));
}

/** x where it is not negative, else a multiple of it. */
export function leaky(x: Value, slope: Value): Value {
  return op.where(op.less(x, zero(x)), op.mul(x, slope), x);
}

export const unaryKernels: readonly KernelConfig[] = [
  exact('Abs', op.abs),
  exact('Neg', negativeRows),
  exact('Square', (x) => op.mul(x, x)),
  exact('Sign', (x) =>
    op.where(op.greater(x, zero(x)), one(x), op.where(op.less(x, zero(x)), op.like(x, -1), zero(x))),
  ),
  exact('Relu', relu),
  exact('Relu6', relu6),
  float('Acos', operator('Acos')),
  float('Acosh', operator('Acosh')),
  float('Asin', operator('Asin')),
  float('Asinh', operator('Asinh')),
  float('Atan', operator('Atan')),
  float('Atanh', operator('Atanh')),
  float('Ceil', operator('Ceil')),
  float('Cos', operator('Cos')),
  float('Cosh', operator('Cosh')),
  float('Elu', elu),
  float('Erf', operator('Erf')),
  float('Expm1', expm1),
  float('Floor', op.floor),
  float('IsNan', op.notANumber, 'bool'),
  float('IsInf', op.isInf, 'bool'),
  float('IsFinite', (x) => op.less(op.abs(x), op.like(x, Number.POSITIVE_INFINITY)), 'bool'),
  float('Log', op.log),
  float('Log1p', log1p),
  float('Reciprocal', op.reciprocal),
  float('Round', operator('Round')),
  float('Rsqrt', (x) => op.reciprocal(op.sqrt(x))),
  float('Selu', selu),
  float('Sigmoid', sigmoid),
  float('Sin', operator('Sin')),
  float('Sinh', operator('Sinh')),
  float('Softplus', softplus),
  float('Sqrt', op.sqrt),
  float('Tan', tan),
  float('Tanh', operator('Tanh')),
  kernel<OneInput>('Exp', ({ inputs, engine }) => {
    const x = engine.value(inputs.x);
    // The last digit of a float32 exponential of a whole number would be off.
    const wide = x.type === 'int32' ? cast(x, 'float64') : cast(x, 'float32');
    return engine.tensor(op.orEmpty(x.shape, 'float32', () => cast(op.exp(wide), 'float32')));
  }),
  kernel<OneInput>('LogicalNot', ({ inputs, engine }) => {
    const x = engine.value(inputs.x);
    return engine.tensor(op.orEmpty(x.shape, 'bool', () => op.not(cast(x, 'bool'))));
  }),
  kernel<OneInput, { clipValueMin: number; clipValueMax: number }>('ClipByValue', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    const bound = (limit: number) => op.number(limit, x.type);
    return engine.tensor(
      op.orEmpty(x.shape, x.type, () => clip(x, bound(attrs.clipValueMin), bound(attrs.clipValueMax))),
    );
  }),
  kernel<OneInput, { alpha: number }>('Step', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    // NaN, which is neither, stays what it is.
    const step = (v: Value) =>
      op.where(op.greater(v, zero(v)), one(v), op.where(op.lessOrEqual(v, zero(v)), op.number(attrs.alpha), v));
    return engine.tensor(op.orEmpty(x.shape, x.type, () => op.inFloat(x, step)));
  }),
  kernel<OneInput, { alpha: number }>('LeakyRelu', ({ inputs, attrs, engine }) => {
    const x = cast(engine.value(inputs.x), 'float32');
    return engine.tensor(op.orEmpty(x.shape, 'float32', () => leaky(x, op.number(attrs.alpha))));
  }),
  kernel<OneInput & { alpha: OneInput['x'] }>('Prelu', ({ inputs, engine }) => {
    const [x, alpha] = [cast(engine.value(inputs.x), 'float32'), cast(engine.value(inputs.alpha), 'float32')];
    return engine.tensor(op.orEmpty(op.broadcastShape(x, alpha), 'float32', () => leaky(x, alpha)));
  }),
  kernel<{ dy: OneInput['x']; y: OneInput['x'] }>('EluGrad', ({ inputs, engine }) => {
    const [dy, y] = [engine.value(inputs.dy), engine.value(inputs.y)];
    const slope = () => op.where(op.greaterOrEqual(y, zero(y)), dy, op.mul(dy, op.add(y, one(y))));
    return engine.tensor(op.orEmpty(y.shape, 'float32', slope));
  }),
];
