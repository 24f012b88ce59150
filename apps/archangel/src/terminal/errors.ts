import { consola } from 'consola';
import { Interrupted, interruptedStatus } from '../survival/interrupted';

/** System errors a person can do something about, by code. */
const system: Record<string, (path: string) => string> = {
  ENOSPC: (path) => `No space left on the disk${path}. Free some, or choose another folder with --out.`,
  EACCES: (path) => `No permission${path}. Change its permissions, or choose another path.`,
  EROFS: (path) => `The file system is read-only${path}. Choose another folder with --out.`,
  ENOENT: (path) => `No such file or folder${path}. Check the path.`,
  EISDIR: (path) => `A folder where a file was expected${path}. Name the file.`,
  ENOTDIR: (path) => `A file where a folder was expected${path}. Name the folder.`,
};

/** Errors whose message is all that there is to say. */
const plain = new Set(['InputError', 'MpiSetupError', 'MpiError', 'SilentRanksError']);

const outOfMemory =
  'WebAssembly ran out of memory, of which it has 4 GB at most. Lower --microbatch-tokens or --max-length.';

/** Whether an error is the system's: a disk that is full, a file that is gone. */
export function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** One line that names the place and the fix; the stack only where it was asked for. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (plain.has(error.name)) return error.message;
  // What WebAssembly says when its memory cannot grow further, whatever was asked of it.
  if (error.message === 'memory access out of bounds') return outOfMemory;
  const { code, path } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : system[code];
  if (known) return known(path ? `: ${path}` : '');
  return `${error.message.split('\n')[0]} (unexpected; run again with --verbose for the details)`;
}

/** Prints the error to stderr and makes the process end with status 1, or 130 where it was asked to stop. */
export function fail(error: unknown, verbose: boolean): void {
  if (error instanceof Interrupted) {
    console.error(error.message);
    process.exitCode = interruptedStatus;
    return;
  }
  consola.error(explain(error));
  if (verbose && error instanceof Error) console.error(error.stack);
  process.exitCode = 1;
}
