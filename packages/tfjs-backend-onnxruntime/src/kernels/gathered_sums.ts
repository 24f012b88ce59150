import { apply, cast, full, reshape } from '../graph/record';
import type { Value } from '../graph/value';
import { knownWithin } from './known_within';
import * as op from './ops';
import { gemm } from './products';

/** Rows whose sums with all of their segment are computed together. */
const sumsAtOnce = 2048;

/**
 * Rows added up by segment, as `segmentSum` does, without adding where others add: each row is replaced by the sum of its
 * segment, a product with the matrix of which row belongs with which, and every segment takes any one of its rows.
 */
export function gatheredSums(ids: Value, rows: Value, segments: number): Value {
  const count = ids.size;
  const width = rows.size / count;
  const [list, matrix] = [reshape(ids, [count]), reshape(rows, [count, width])];
  // Slices of whole numbers would be left to the processor. Other ids of more than 24 bits may look alike, but none is that large.
  const inFloat = cast(list, 'float32');
  const sums: Value[] = [];
  for (let start = 0; start < count; start += sumsAtOnce) {
    const some = Math.min(sumsAtOnce, count - start);
    const own = reshape(op.slice(inFloat, [start], [some]), [some, 1]);
    sums.push(gemm(cast(op.equal(own, reshape(inFloat, [1, count])), 'float32'), matrix));
  }
  const known = knownWithin(ids, segments);
  const valid = () => op.and(op.greaterOrEqual(list, op.like(list, 0)), op.less(list, op.like(list, segments)));
  // A segment more, for ids that belong to none.
  const places = known ? list : op.where(valid(), list, op.like(list, segments));
  const base = full(count, 'int32', [known ? segments : segments + 1]);
  const owners = apply('ScatterElements', [base, places, op.rangeTo(count)], base, { attributes: { axis: 0 } });
  const withZeros = op.concat([...sums, full(0, rows.type, [1, width])], 0);
  const output = { type: rows.type, shape: [base.size, width] };
  const found = apply('Gather', [withZeros, owners], output, { attributes: { axis: 0 } });
  return reshape(op.slice(found, [0, 0], [segments, width]), [segments, ...rows.shape.slice(ids.shape.length)]);
}
