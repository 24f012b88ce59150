import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** Seconds that MPI has to end this process: MPICH's MPI_Abort waits for a launcher that may be cut off, and never returns. */
const patience = 10;

/** Has another process kill this one, should it still be there in a few seconds. */
export function endAnyway(): void {
  // What `cat` reads ends with this process.
  const words = ['-c', `timeout ${patience} cat; [ $? = 124 ] && kill -KILL ${process.pid}`];
  const child = spawn('sh', words, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.on('error', () => {});
  child.unref();
  (child.stdin as Socket).unref();
}
