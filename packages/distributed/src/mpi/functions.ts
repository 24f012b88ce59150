import type { LibraryHandle } from 'koffi';
import { MpiError } from '../errors';
import type { Handles } from './handles';

/** A collective in both forms, which take the same arguments; the second one a request after them. */
export interface Collective {
  /** Runs to its end on a thread of its own. */
  readonly run: (...args: unknown[]) => Promise<void>;
  readonly start: (...args: unknown[]) => void;
}

/** What the communicator calls of MPI, each failure an {@link MpiError}. */
export type Functions = ReturnType<typeof functionsOf>;

/** One at a time, whatever the thread: MPI_THREAD_SERIALIZED. */
const serialized = 2;

export function functionsOf(library: LibraryHandle, handles: Handles) {
  const H = handles.type;
  const P = 'void *';
  // As a number: it may be MPI_IN_PLACE.
  const address = 'intptr_t';
  const errorString = library.func('MPI_Error_string', 'int', ['int', P, P]);

  const check = (name: string, code: number) => {
    if (code === 0) return;
    const [text, length] = [new Uint8Array(1024), new Int32Array(1)];
    errorString(code, text, length);
    throw new MpiError(name, code, textOf(text, length));
  };
  const plain = (name: string, ...types: string[]) => {
    const native = library.func(name, 'int', types);
    return (...args: unknown[]) => check(name, native(...args) as number);
  };
  const onThread = (name: string, ...types: string[]) => {
    const native = library.func(name, 'int', types);
    return (...args: unknown[]) =>
      new Promise<void>((resolve, reject) => {
        native.async(...args, (error: Error | null, code: number) => {
          try {
            if (error) throw error;
            check(name, code);
            resolve();
          } catch (failure) {
            reject(failure as Error);
          }
        });
      });
  };
  const collective = (name: string, ...types: string[]): Collective => ({
    start: plain(`MPI_I${name.toLowerCase()}`, ...types, P),
    run: onThread(`MPI_${name}`, ...types),
  });

  const initialise = plain('MPI_Init_thread', P, P, 'int', P);
  const number = (name: string) => {
    const native = plain(name, H, P);
    return () => {
      const value = new Int32Array(1);
      native(handles.world, value);
      return value[0] as number;
    };
  };
  const processorName = plain('MPI_Get_processor_name', P, P);
  const setErrorHandler = plain('MPI_Comm_set_errhandler', H, H);
  const test = plain('MPI_Test', P, P, P);
  const [flag, status] = [new Int32Array(1), new Uint8Array(64)];

  return {
    /** Whether the library may be called from any thread, one at a time. */
    initialise(): boolean {
      const provided = new Int32Array(1);
      initialise(null, null, serialized, provided);
      setErrorHandler(handles.world, handles.errorsReturn);
      return (provided[0] as number) >= serialized;
    },
    rank: number('MPI_Comm_rank'),
    size: number('MPI_Comm_size'),
    processorName(): string {
      const [text, length] = [new Uint8Array(1024), new Int32Array(1)];
      processorName(text, length);
      return textOf(text, length);
    },
    finalise: onThread('MPI_Finalize'),
    abort: plain('MPI_Abort', H, 'int'),
    /** Whether what was started with this request is done. */
    done(request: Uint8Array): boolean {
      test(request, flag, status);
      return flag[0] !== 0;
    },
    allreduce: collective('Allreduce', address, P, 'int', H, H, H),
    reduceScatter: collective('Reduce_scatter', P, P, P, H, H, H),
    allgatherv: collective('Allgatherv', address, 'int', H, P, P, P, H, H),
    bcast: collective('Bcast', P, 'int', H, 'int', H),
  };
}

function textOf(text: Uint8Array, length: Int32Array): string {
  return new TextDecoder().decode(text.subarray(0, length[0])).trim();
}
