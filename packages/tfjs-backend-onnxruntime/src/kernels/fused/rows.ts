import { reshape } from '../../graph/record';
import type { Value } from '../../graph/value';
import * as op from '../ops';
import { gemm } from '../products';

/** [..., width] as a matrix. */
function asMatrix(x: Value): Value {
  const width = x.shape.at(-1) as number;
  return reshape(x, [x.size / width, width]);
}

/** Sums over all axes but the last, [width]. */
export function sumOfRows(x: Value): Value {
  return op.reduce('ReduceSum', asMatrix(x), [0], false);
}

/** The mean of each row's numbers times the weights, [..., 1]: a product with a column, which writes no array in between. */
export function meanAgainst(x: Value, weights: Value): Value {
  const matrix = asMatrix(x);
  const width = x.shape.at(-1) as number;
  const sum = gemm(matrix, reshape(weights, [width, 1]), { alpha: 1 / width });
  return reshape(sum, [...x.shape.slice(0, -1), 1]);
}
