import { currentArithmetic } from '../binding/environment';
import { narrowed, widened } from '../graph/precision';
import type { Value } from '../graph/value';
import * as op from './ops';
import { type GemmOptions, gemm, type ProductOptions, products } from './products';

// The products that a model is made of, in the arithmetic that was chosen. In float16, both sides are rounded to it, and
// the result is stored as it; numbers are float32 before and behind.

/**
 * Numbers that a device adds up in float16, one after the other: the error of a product grows with the root of their count.
 * Longer sums are added up in float32 from sums of this length.
 */
const longest = 1024;

/** a b + plus, of matrices. */
export function mixedGemm(a: Value, b: Value, options: Omit<GemmOptions, 'alpha'> = {}): Value {
  if (!inFloat16(a)) return gemm(a, b, options);
  const { plus, ...sides } = options;
  const product = inParts(a, b, sides, (x, y) => gemm(x, y, sides));
  return plus ? op.add(product, plus) : product;
}

/** alpha a b, of as many matrices as the axes before the last two say. @param batch those axes of the result */
export function mixedProducts(a: Value, b: Value, batch: readonly number[], options: ProductOptions = {}): Value {
  if (!inFloat16(a)) return products(a, b, batch, options);
  const { alpha = 1, ...sides } = options;
  // Multiplied in float32: the sum of numbers not yet made smaller might be more than float16 holds.
  const left = alpha === 1 ? a : op.mul(a, op.like(a, alpha));
  return inParts(left, b, sides, (x, y) => products(x, y, batch, sides));
}

/** A factor of products, stored as it takes part in them. */
export function factor(x: Value): Value {
  return inFloat16(x) ? widened(narrowed(x)) : x;
}

/** A product and a bias are stored as one: their sum in float16, rounded once more. Undefined for what is none. */
export function plusBias(product: Value, bias: Value): Value | undefined {
  const { node, shape } = product;
  const isProduct = node?.op === 'Cast' && node.inputs[0]?.type === 'float16';
  if (!isProduct || bias.type !== 'float32' || bias.shape.length !== 1 || bias.size !== shape.at(-1)) return undefined;
  return widened(narrowed(op.add(product, bias)));
}

function inFloat16({ type }: Value): boolean {
  return currentArithmetic() === 'float16' && type === 'float32';
}

/** A product in float16 as float32, of parts of the axis that is summed over where that is long. */
function inParts(
  a: Value,
  b: Value,
  { transA = false, transB = false }: ProductOptions,
  multiply: (a: Value, b: Value) => Value,
): Value {
  const [x, y] = [narrowed(a), narrowed(b)];
  const [axisOfX, axisOfY] = [x.shape.length - (transA ? 2 : 1), y.shape.length - (transB ? 1 : 2)];
  const inner = x.shape[axisOfX] as number;
  const count = Math.ceil(inner / longest);
  if (count <= 1) return widened(multiply(x, y));
  const size = Math.ceil(inner / count);
  const parts = Array.from({ length: count }, (_, i) => {
    const [start, length] = [i * size, Math.min(size, inner - i * size)];
    return widened(multiply(along(x, axisOfX, start, length), along(y, axisOfY, start, length)));
  });
  return widened(narrowed(parts.reduce((sum, part) => op.add(sum, part))));
}

function along(x: Value, axis: number, start: number, length: number): Value {
  const begin = x.shape.map((_, i) => (i === axis ? start : 0));
  return op.slice(
    x,
    begin,
    x.shape.map((n, i) => (i === axis ? length : n)),
  );
}
