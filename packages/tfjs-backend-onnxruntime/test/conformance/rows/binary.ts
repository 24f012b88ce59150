import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { pairs, tensorOf } from '../inputs';
import { binary, type Row } from '../row';
import { broadcasting } from '../shapes';
import { booleans, floats, integers, moderate, smallIntegers } from '../values';

const floatPairs = pairs('float32', floats);
/** Sums and products past int32 are wrapped by some backends and rounded by others. */
const smallIntegerPairs = pairs('int32', fc.integer({ min: -30000, max: 30000 }));
const numeric = fc.oneof({ weight: 3, arbitrary: floatPairs }, smallIntegerPairs);
const comparable = fc.oneof(
  { weight: 2, arbitrary: floatPairs },
  // Equal numbers are rare among all floats.
  pairs('float32', fc.integer({ min: -3, max: 3 })),
  pairs('int32', integers),
  pairs('int32', fc.integer({ min: -3, max: 3 })),
);
const booleanPairs = pairs('bool', booleans);
/** Where the operator takes truth values: true + true is 2 to cpu, and nothing to others. */
const orBooleans = fc.oneof({ weight: 3, arbitrary: comparable }, booleanPairs);

/** Not 1 to the power of NaN: 1 in C and TensorFlow, NaN in JavaScript. Nor (-1) to the power of infinity, likewise. */
const powers = pairs('float32', floats).map(
  ([a, b]) => [{ ...a, values: a.values.map((x) => (Math.abs(x) === 1 ? 2 : x)) }, b] as const,
);
const wholePowers = pairs('int32', fc.integer({ min: -8, max: 8 }), fc.integer({ min: 0, max: 9 }));

const runKernel = (name: string) => (a: tf.Tensor, b: tf.Tensor) => tf.engine().runKernel(name, { a, b }) as tf.Tensor;

export const binaryRows: readonly Row[] = [
  binary('Add', numeric, tf.add),
  binary('Sub', numeric, tf.sub),
  binary('Multiply', numeric, tf.mul),
  // tf.div of whole numbers is FloorDiv; gradients call RealDiv with them.
  binary('RealDiv', fc.oneof({ weight: 3, arbitrary: floatPairs }, smallIntegerPairs), runKernel('RealDiv')),
  binary(
    'FloorDiv',
    fc.oneof(pairs('float32', moderate(100)), pairs('int32', fc.oneof(integers, smallIntegers))),
    tf.floorDiv,
  ),
  binary('Mod', fc.oneof({ weight: 3, arbitrary: floatPairs }, pairs('int32', integers, smallIntegers)), tf.mod),
  binary('Pow', fc.oneof({ weight: 3, arbitrary: powers }, wholePowers), tf.pow),
  binary('Maximum', comparable, tf.maximum),
  binary('Minimum', comparable, tf.minimum),
  binary('SquaredDifference', numeric, tf.squaredDifference),
  binary('Atan2', fc.oneof(floatPairs, pairs('float32', fc.integer({ min: -1, max: 1 }))), tf.atan2),
  binary('Prelu', floatPairs, tf.prelu),
  binary(
    'BitwiseAnd',
    broadcasting.chain(([a]) => fc.tuple(tensorOf(a, 'int32', integers), tensorOf(a, 'int32', integers))),
    tf.bitwiseAnd,
  ),
  binary('Equal', orBooleans, tf.equal),
  binary('NotEqual', orBooleans, tf.notEqual),
  binary('Greater', orBooleans, tf.greater),
  binary('GreaterEqual', orBooleans, tf.greaterEqual),
  binary('Less', orBooleans, tf.less),
  binary('LessEqual', orBooleans, tf.lessEqual),
  binary('LogicalAnd', booleanPairs, tf.logicalAnd),
  binary('LogicalOr', booleanPairs, tf.logicalOr),
  binary(
    'EluGrad',
    broadcasting.chain(([a]) => fc.tuple(tensorOf(a, 'float32', floats), tensorOf(a, 'float32', floats))),
    (dy, y) => tf.engine().runKernel('EluGrad', { dy, y }) as tf.Tensor,
  ),
];
