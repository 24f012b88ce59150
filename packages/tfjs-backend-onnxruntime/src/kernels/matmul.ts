import { backend_util, type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { apply, cast, full, reshape } from '../graph/record';
import type { Value } from '../graph/value';
import { kernel, type TwoInputs } from './kernel';
import { mixedGemm, mixedProducts } from './mixed_products';
import * as op from './ops';
import { elu, leaky, relu, relu6, sigmoid } from './unary';

interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * How much taller than wide a product is, such as the gradient of a vocabulary matrix, that is computed faster lying down:
 * a^T b = (b^T a)^T, where the small side is the one read down its columns, and the transposed copy is quick.
 */
const tall = 16;
/**
 * Rows up to which a product with a matrix that is far larger, read by its rows, is computed lying down: a b^T = (b a^T)^T.
 * The matrix is then read where it lies, once, and not rearranged first, which takes longer than the arithmetic of so few
 * rows. A single row has a way of its own.
 */
const few = 32;

/** Products of matrices, batched, each side transposed or not. @throws Error when the shapes do not fit */
export function matMul(a: Value, b: Value, { transposeA, transposeB }: Transposes): Value {
  const [rows, inner] = sides(a, transposeA);
  const [innerB, columns] = sides(b, transposeB);
  const batch = backend_util.assertAndGetBroadcastShape([...a.shape.slice(0, -2)], [...b.shape.slice(0, -2)]);
  util.assert(
    inner === innerB,
    () =>
      `Error in matMul: inner shapes (${inner}) and (${innerB}) of Tensors with shapes ${a.shape} and ${b.shape} ` +
      `and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  const shape = [...batch, rows, columns];
  return op.orEmpty(shape, a.type, () => {
    if (inner === 0) return full(0, a.type, shape);
    if (a.type !== 'float32') return wholeNumbers(a, b, { transposeA, transposeB }, shape);
    return reshape(product(a, b, { transposeA, transposeB }, shape), shape);
  });
}

/** Rows and columns of a matrix, or of its transpose. */
function sides({ shape }: Value, transposed: boolean): [number, number] {
  const [rows, columns] = [shape.at(-2) as number, shape.at(-1) as number];
  return transposed ? [columns, rows] : [rows, columns];
}

function product(a: Value, b: Value, { transposeA, transposeB }: Transposes, shape: readonly number[]): Value {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const single = (x: Value) => x.shape.slice(0, -2).every((n) => n === 1);
  if (single(b) && (single(a) || !transposeA)) {
    // One matrix on the right: all batches of the left side are rows of one product.
    const height = transposeA ? rows : util.sizeFromShape(shape.slice(0, -1));
    const left = reshape(a, transposeA ? a.shape.slice(-2) : [height, a.shape.at(-1) as number]);
    const right = reshape(b, b.shape.slice(-2));
    if (transposeA && rows >= tall * columns) {
      return op.transpose(mixedGemm(right, left, { transA: !transposeB }), [1, 0]);
    }
    if (transposeB && !transposeA && height > 1 && height <= few && columns >= tall * height) {
      return op.transpose(mixedGemm(right, left, { transB: true }), [1, 0]);
    }
    return mixedGemm(left, right, { transA: transposeA, transB: transposeB });
  }
  return mixedProducts(a, b, shape.slice(0, -2), { transA: transposeA, transB: transposeB });
}

/** Whole numbers are multiplied in float64, which holds every product and most sums exactly. */
function wholeNumbers(a: Value, b: Value, transposes: Transposes, shape: readonly number[]): Value {
  const side = (x: Value, flip: boolean) => {
    const wide = cast(x, 'float64');
    const axes = x.shape.map((_, axis) => axis);
    return flip ? op.transpose(wide, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]) : wide;
  };
  const pair = [side(a, transposes.transposeA), side(b, transposes.transposeB)];
  return cast(apply('MatMul', pair, { type: 'float64', shape }), a.type);
}

interface FusedInputs extends TwoInputs {
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

interface FusedAttributes extends Transposes {
  readonly activation?: backend_util.Activation;
  readonly leakyreluAlpha?: number;
}

/** The activations that TensorFlow.js fuses with products and convolutions. */
export function activate(x: Value, activation: string | undefined, slope: () => Value): Value {
  switch (activation) {
    case undefined:
    case 'linear':
      return x;
    case 'relu':
      return relu(x);
    case 'relu6':
      return relu6(x);
    case 'elu':
      return elu(x);
    case 'sigmoid':
      return sigmoid(x);
    case 'prelu':
    case 'leakyrelu':
      return leaky(x, slope());
    default:
      throw new Error(`The onnxruntime backend has no fused activation "${activation}".`);
  }
}

export const matMulKernels: readonly KernelConfig[] = [
  kernel<TwoInputs, Transposes>('BatchMatMul', ({ inputs, attrs, engine }) =>
    engine.tensor(matMul(engine.value(inputs.a), engine.value(inputs.b), attrs)),
  ),
  kernel<FusedInputs, FusedAttributes>('_FusedMatMul', ({ inputs, attrs, engine }) => {
    const { bias, preluActivationWeights: weights } = inputs;
    const product = matMul(engine.value(inputs.a), engine.value(inputs.b), attrs);
    const shifted = bias ? op.orEmpty(product.shape, product.type, () => op.add(product, engine.value(bias))) : product;
    const slope = () => (weights ? engine.value(weights) : op.number(attrs.leakyreluAlpha ?? 0.2));
    return engine.tensor(op.orEmpty(shifted.shape, shifted.type, () => activate(shifted, attrs.activation, slope)));
  }),
];
