import { realpathSync } from 'node:fs';
import koffi, { type LibraryHandle } from 'koffi';
import { MpiSetupError } from '../errors';
import type { Look } from './find_library';

/** Held for good: once a handle is collected, its library's code is unmapped, and these do not survive that. */
const held: LibraryHandle[] = [];

/** What this machine holds. */
export const thisMachine: Look = {
  resolve(path) {
    try {
      return realpathSync(path);
    } catch {
      return undefined;
    }
  },
  identify(path) {
    const library = tryLoad(path);
    if (!library) return undefined;
    let version: string;
    try {
      version = versionOf(library);
    } catch {
      return undefined;
    }
    const [line = ''] = version.split('\n');
    if (line.startsWith('Open MPI')) return { family: 'Open MPI', version: line.split(',')[0] as string };
    // What else there is has MPICH's handles, under names of its own.
    return { family: 'MPICH', version: line.replace(/\s*Version\s*:\s*/i, ' ').trim() };
  },
};

/**
 * Loads a library that was identified before, its names visible to what it loads itself, as Open MPI's parts expect.
 *
 * @throws MpiSetupError where it does not load
 */
export function loadLibrary(path: string): LibraryHandle {
  enlargeStacks();
  leaveMemoryAlone();
  try {
    const library = koffi.load(path, { global: true });
    held.push(library);
    return library;
  } catch (error) {
    throw new MpiSetupError(`The MPI library ${path} did not load: ${(error as Error).message}`);
  }
}

function tryLoad(path: string): LibraryHandle | undefined {
  enlargeStacks();
  leaveMemoryAlone();
  try {
    const library = koffi.load(path);
    held.push(library);
    return library;
  } catch {
    return undefined;
  }
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
function enlargeStacks(): void {
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
