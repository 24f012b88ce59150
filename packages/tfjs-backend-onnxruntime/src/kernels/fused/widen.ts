import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { apply, cast } from '../../graph/record';
import type { Value } from '../../graph/value';
import { view } from '../../graph/view';
import { checkedIndices } from '../gather';
import { kernel } from '../kernel';

/** How numbers of 16 bits are stored, two in each whole number of an array. */
export type Storage = 'float16' | 'bfloat16';

/** The numbers that an array of whole numbers stores, [rows, columns] for [rows, columns / 2]. */
export function stored(packed: Value, storage: Storage): Value {
  // The graph is handed the same memory under another type, and so it has to be there when the graph begins.
  util.assert(packed.ready, () => 'HalokitWiden: the stored numbers must be given, and not be computed.');
  const [rows, columns] = packed.shape as [number, number];
  return view(packed, storage, [rows, 2 * columns]);
}

/** Some rows of a matrix, in their own type. */
export function rowsOf(name: string, matrix: Value, places: Value): Value {
  const { indices, fallible } = checkedIndices(name, places, matrix.shape[0] as number);
  const output = { type: matrix.type, shape: [places.size, matrix.shape[1] as number] };
  return apply('Gather', [matrix, indices], output, { attributes: { axis: 0 }, fallible });
}

interface Inputs {
  readonly packed: TensorInfo;
  readonly rows?: TensorInfo;
}

export const widenKernels: readonly KernelConfig[] = [
  kernel<Inputs, { storage: Storage }>('HalokitWiden', ({ inputs: { packed, rows }, attrs: { storage }, engine }) => {
    const matrix = stored(engine.value(packed), storage);
    const wanted = rows ? rowsOf('HalokitWiden', matrix, engine.value(rows)) : matrix;
    return engine.tensor(cast(wanted, 'float32'));
  }),
];
