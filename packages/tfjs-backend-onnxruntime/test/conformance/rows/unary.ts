import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { anyBoolean, anyFloat, anyNumeric, tensors } from '../inputs';
import { type Row, row, unary } from '../row';
import { floats, moderate } from '../values';

/** Whole numbers too, small enough for the results, cut to int32, not to overflow. */
const numeric = fc.oneof(
  { weight: 3, arbitrary: anyFloat },
  { weight: 1, arbitrary: tensors('int32', fc.integer({ min: -20, max: 20 })) },
);

/** Numbers where functions from [-1, 1] are defined, mostly. */
const unit = fc.oneof(
  { weight: 3, arbitrary: tensors('float32', fc.oneof(moderate(1), floats)) },
  { weight: 1, arbitrary: tensors('int32', fc.integer({ min: -2, max: 2 })) },
);

/** Whole numbers that float32 holds: cpu puts them there on their way. */
const exact = fc.oneof(anyFloat, tensors('int32', fc.integer({ min: -(2 ** 24), max: 2 ** 24 })));

/** No whole number so far below 0 that float32 rounds exp(x) - 1 to -1, which cpu cuts to 0. */
const negligible = fc.oneof(
  { weight: 3, arbitrary: anyFloat },
  { weight: 1, arbitrary: tensors('int32', fc.integer({ min: -10, max: 20 })) },
);

export const unaryRows: readonly Row[] = [
  unary('Abs', exact, tf.abs),
  unary('Acos', unit, tf.acos),
  unary('Acosh', numeric, tf.acosh),
  unary('Asin', unit, tf.asin),
  unary('Asinh', numeric, tf.asinh),
  unary('Atan', numeric, tf.atan),
  unary('Atanh', unit, tf.atanh),
  unary('Ceil', anyFloat, tf.ceil),
  unary('Cos', anyFloat, tf.cos),
  unary('Cosh', anyFloat, tf.cosh),
  unary('Elu', anyFloat, tf.elu, {
    absolute: 1e-15,
    because: 'cpu subtracts 1 from exp(x), which cancels where x is small',
  }),
  unary('Erf', numeric, tf.erf, { absolute: 2e-7, because: "cpu's formula is right to 1.5e-7" }),
  unary('Exp', numeric, tf.exp),
  unary('Expm1', negligible, tf.expm1),
  unary('Floor', anyFloat, tf.floor),
  unary('IsFinite', anyNumeric, tf.isFinite),
  unary('IsInf', anyNumeric, tf.isInf),
  unary('IsNan', anyNumeric, tf.isNaN),
  unary('Log', anyFloat, tf.log),
  unary('Log1p', numeric, tf.log1p),
  unary('LogicalNot', anyBoolean, tf.logicalNot),
  unary('Neg', anyNumeric, tf.neg),
  unary('Reciprocal', numeric, tf.reciprocal),
  unary('Relu', anyNumeric, tf.relu),
  unary('Relu6', anyNumeric, tf.relu6),
  unary('Round', numeric, tf.round),
  unary('Rsqrt', anyFloat, tf.rsqrt),
  unary('Selu', numeric, tf.selu, {
    absolute: 1e-15,
    because: 'cpu subtracts 1 from exp(x), which cancels where x is small',
  }),
  unary('Sigmoid', anyFloat, tf.sigmoid),
  unary('Sign', anyNumeric, tf.sign),
  unary('Sin', anyFloat, tf.sin),
  unary('Sinh', numeric, tf.sinh),
  unary('Softplus', numeric, tf.softplus),
  unary('Sqrt', anyFloat, tf.sqrt),
  unary('Square', numeric, tf.square),
  unary('Tan', anyFloat, tf.tan),
  unary('Tanh', anyFloat, tf.tanh),
  row(
    'ClipByValue',
    fc
      .tuple(numeric, fc.integer({ min: -8, max: 8 }), fc.integer({ min: 0, max: 8 }))
      .map(([x, low, width]) => ({ inputs: [x], low, high: low + width })),
    ([x], { low, high }) => tf.clipByValue(x as tf.Tensor, low, high),
  ),
  row(
    'LeakyRelu',
    fc.tuple(anyNumeric, moderate(2)).map(([x, alpha]) => ({ inputs: [x], alpha })),
    ([x], { alpha }) => tf.leakyRelu(x as tf.Tensor, alpha),
  ),
  row(
    'Step',
    fc.tuple(anyFloat, moderate(2)).map(([x, alpha]) => ({ inputs: [x], alpha })),
    ([x], { alpha }) => tf.step(x as tf.Tensor, alpha),
  ),
];
