import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { apply, cast, reshape } from '../../graph/record';
import type { Value } from '../../graph/value';
import { kernel } from '../kernel';
import { knownWithin } from '../known_within';

/**
 * A table with some rows replaced. The result takes over the table's memory where nobody else reads the table, so that
 * a cache costs what is written and not what it holds. Rows of a place twice would be written in any order.
 */
function writeRows(table: Value, places: Value, rows: Value): Value {
  const [height, width] = table.shape as [number, number];
  util.assert(knownWithin(places, height), () => `HalokitWriteRows: a place is not in [0, ${height - 1}]`);
  const indices = cast(reshape(places, [places.size, 1]), 'int64');
  const updates = reshape(rows, [places.size, width]);
  return apply('ScatterND', [table, indices, updates], table, { overwrites: new Map([[0, 0]]) });
}

export const writeRowsKernels: readonly KernelConfig[] = [
  kernel<Record<'table' | 'places' | 'rows', TensorInfo>>('HalokitWriteRows', ({ inputs, engine }) =>
    engine.tensor(writeRows(engine.value(inputs.table), engine.value(inputs.places), engine.value(inputs.rows))),
  ),
];
