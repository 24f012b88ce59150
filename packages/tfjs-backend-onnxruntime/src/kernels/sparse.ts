import { currentDevice } from '../binding/environment';
import { apply, full, reshape, sameShape } from '../graph/record';
import type { SparseRows, Value } from '../graph/value';
import { gatheredSums } from './gathered_sums';
import { knownWithin } from './known_within';
import * as op from './ops';

// The gradient of a lookup in a vocabulary is a few rows that belong somewhere in a large matrix. It stays that until
// somebody needs the matrix; sums with other gradients and multiples by a number do not.

/**
 * Rows added up by segment: out[s] = sum over i with ids[i] = s of rows[i]. Ids outside of [0, segments) are left out.
 *
 * `ScatterElements` adds in the order of the rows, on one thread. `ScatterND` would use all, and lose additions.
 */
export function segmentSum(ids: Value, rows: Value, segments: number): Value {
  const shape = [segments, ...rows.shape.slice(1)];
  if (rows.size === 0) return full(0, rows.type, shape);
  const sum = scatterAdd(full(0, rows.type, shape), { ids, rows });
  sum.sparse = { ids, rows };
  return sum;
}

/** a + b, in sparse form where both are. */
export function addRows(a: Value, b: Value): Value {
  if (!sameShape(a.shape, b.shape)) return op.add(a, b);
  if (a.sparse && b.sparse) return joined(a, a.sparse, b.sparse) ?? op.add(a, b);
  if (b.sparse) return scatterAdd(a, b.sparse);
  if (a.sparse) return scatterAdd(b, a.sparse);
  return op.add(a, b);
}

/** a - b, likewise. */
export function subtractRows(a: Value, b: Value): Value {
  if (!sameShape(a.shape, b.shape)) return op.sub(a, b);
  return b.sparse ? addRows(a, negativeRows(b)) : a.sparse ? scatterAdd(op.neg(b), a.sparse) : op.sub(a, b);
}

/** a x b, in sparse form where one is and the other is a number, unless the matrix has to be made anyway. */
export function scaleRows(a: Value, b: Value): Value {
  if (a.sparse && a.readers === 0 && isNumber(b)) return scaled(a, a.sparse, b);
  if (b.sparse && b.readers === 0 && isNumber(a)) return scaled(b, b.sparse, a);
  return op.mul(a, b);
}

export function negativeRows(x: Value): Value {
  return x.sparse ? segmentSum(x.sparse.ids, op.neg(x.sparse.rows), x.shape[0] as number) : op.neg(x);
}

/** Both lists of rows behind each other, as long as that is less than the matrix. */
function joined({ shape }: Value, a: SparseRows, b: SparseRows): Value | undefined {
  const segments = shape[0] as number;
  const rows = (a.rows.shape[0] as number) + (b.rows.shape[0] as number);
  if (rows >= segments) return undefined;
  return segmentSum(op.concat([a.ids, b.ids], 0), op.concat([a.rows, b.rows], 0), segments);
}

/** A number that is known and finite: 0 times infinity would have to show in every row. */
function isNumber({ size, shape, host }: Value): boolean {
  return size === 1 && shape.length <= 1 && host !== undefined && Number.isFinite(Number(host[0]));
}

function scaled({ shape }: Value, { ids, rows }: SparseRows, factor: Value): Value {
  return segmentSum(ids, op.mul(rows, reshape(factor, [])), shape[0] as number);
}

function scatterAdd(into: Value, { ids, rows }: SparseRows): Value {
  const segments = into.shape[0] as number;
  if (!addsInOrder(ids, rows)) return op.add(into, gatheredSums(ids, rows, segments));
  const column = reshape(ids, [...ids.shape, ...Array(rows.shape.length - ids.shape.length).fill(1)]);
  const spread = (x: Value) => op.expand(x, rows.shape);
  let [places, values] = [column, rows];
  if (!knownWithin(ids, segments)) {
    const valid = op.and(op.greaterOrEqual(column, op.like(column, 0)), op.less(column, op.like(column, segments)));
    places = op.where(valid, column, op.like(column, 0));
    values = op.where(valid, rows, op.like(rows, 0));
  }
  return apply(
    'ScatterElements',
    [into, spread(places), values],
    { type: into.type, shape: into.shape },
    { attributes: { axis: 0, reduction: 'add' } },
  );
}

/** Whether the device adds one row after the other, or whole numbers, for which the order is the same. */
function addsInOrder(ids: Value, rows: Value): boolean {
  const longList = rows.size === ids.size && ids.size > longest;
  return currentDevice().addsInOrder || rows.type !== 'float32' || longList;
}

/** Single numbers that are still worth a product to be added up in order. */
const longest = 1 << 12;
