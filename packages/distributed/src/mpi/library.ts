import { realpathSync } from 'node:fs';
import type { LibraryHandle } from 'koffi';
import { MpiSetupError } from '../errors';
import type { Look } from './find_library';

/** Held for good: once a handle is collected, its library's code is unmapped, and these do not survive that. */
const held: LibraryHandle[] = [];

type Koffi = typeof import('koffi')['default'];

/** The libraries of this machine. */
export interface Libraries extends Look {
  /**
   * Loads a library that was identified before, its names visible to what it loads itself, as Open MPI's parts expect.
   *
   * @throws MpiSetupError where it does not load
   */
  load(path: string): LibraryHandle;
}

/**
 * What this machine holds. Only who asks for it needs koffi.
 *
 * @throws MpiSetupError where koffi has nothing for this processor or system, or was used before with stacks that are too small
 */
export async function librariesHere(): Promise<Libraries> {
  const koffi = await loadKoffi();
  enlargeStacks(koffi);
  leaveMemoryAlone();
  const load = (path: string, global: boolean): LibraryHandle => {
    const library = koffi.load(path, { global });
    held.push(library);
    return library;
  };
  return {
    resolve(path) {
      try {
        return realpathSync(path);
      } catch {
        return undefined;
      }
    },
    identify(path) {
      try {
        return known(versionOf(load(path, false)));
      } catch {
        return undefined;
      }
    },
    load(path) {
      try {
        return load(path, true);
      } catch (error) {
        throw new MpiSetupError(`The MPI library ${path} did not load: ${(error as Error).message}`);
      }
    },
  };
}

async function loadKoffi(): Promise<Koffi> {
  try {
    return (await import('koffi')).default;
  } catch (error) {
    throw new MpiSetupError(`koffi, through which MPI is called, did not load here: ${(error as Error).message}`);
  }
}

/** What a library says of itself, in short. */
function known(version: string): ReturnType<Look['identify']> {
  const [line = ''] = version.split('\n');
  if (line.startsWith('Open MPI')) return { family: 'Open MPI', version: line.split(',')[0] as string };
  // What else there is has MPICH's handles, under names of its own.
  return { family: 'MPICH', version: line.replace(/\s*Version\s*:\s*/i, ' ').trim() };
}

/** Works before MPI is initialised. */
function versionOf(library: LibraryHandle): string {
  const text = new Uint8Array(8192);
  const length = new Int32Array(1);
  library.func('MPI_Get_library_version', 'int', ['void *', 'void *'])(text, length);
  return new TextDecoder().decode(text.subarray(0, length[0])).replace(/\0.*$/s, '');
}

/**
 * MPICH needs more stack than the 128 KiB that koffi gives a call unless it is told otherwise, before any library is loaded.
 *
 * @throws MpiSetupError where one has been
 */
function enlargeStacks(koffi: Koffi): void {
  const wanted = 8 << 20;
  const { sync_stack_size: sync = 0, async_stack_size: async = 0 } = koffi.config();
  if (Math.min(sync, async) >= wanted) return;
  try {
    koffi.config({ sync_stack_size: Math.max(sync, wanted), async_stack_size: Math.max(async, wanted) });
  } catch {
    throw new MpiSetupError(
      'Another package loaded a library through koffi first, and its stacks are now too small for MPI: call startMpi before ' +
        'that package loads it.',
    );
  }
}

/**
 * UCX, on which MPICH and many an Open MPI are built, rewrites the code of `brk`, `munmap` and their kin as MPI starts, while
 * Node's other threads call them: one start in twenty of a busy machine then ends in a segmentation fault. It does so to know
 * when memory that a network card has registered is given back; without, it registers it anew for each use.
 */
function leaveMemoryAlone(): void {
  process.env.UCX_MEM_EVENTS ??= 'n';
}
