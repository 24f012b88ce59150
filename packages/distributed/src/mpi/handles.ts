import type { LibraryHandle } from 'koffi';
import type { Exchanged, Reduction } from '../communicator';
import type { Family } from './launcher';

/** What a library calls its communicator, types and operations. */
export interface Handles {
  /** The C type of a handle. */
  readonly type: 'void *' | 'int';
  readonly world: unknown;
  readonly errorsReturn: unknown;
  readonly reductions: Readonly<Record<Reduction, unknown>>;
  /** In place of an address. */
  readonly inPlace: number;
  elementsOf(data: Exchanged): unknown;
}

/** Open MPI's handles are addresses in the library; MPICH's are numbers that its ABI fixes (https://www.mpich.org/abi/). */
export function handlesOf(family: Family, library: LibraryHandle): Handles {
  const at = (name: string) => library.symbol(`ompi_mpi_${name}`, 'void');
  const open = family === 'Open MPI';
  const elements: Readonly<Record<string, unknown>> = open
    ? { Float32Array: at('float'), Float64Array: at('double'), Int32Array: at('int'), Uint8Array: at('byte') }
    : { Float32Array: 0x4c00040a, Float64Array: 0x4c00080b, Int32Array: 0x4c000405, Uint8Array: 0x4c00010d };
  return {
    type: open ? 'void *' : 'int',
    world: open ? at('comm_world') : 0x44000000,
    errorsReturn: open ? at('errors_return') : 0x54000001,
    reductions: open
      ? { sum: at('op_sum'), max: at('op_max'), min: at('op_min') }
      : { sum: 0x58000003, max: 0x58000001, min: 0x58000002 },
    inPlace: open ? 1 : -1,
    // Node's Buffer is a Uint8Array of another name.
    elementsOf: (data) => elements[data instanceof Uint8Array ? 'Uint8Array' : data.constructor.name],
  };
}
