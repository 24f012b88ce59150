import { setImmediate, setTimeout } from 'node:timers/promises';

/**
 * Asks until it is so. MPI itself would keep a core busy for as long as it takes; this does for a few milliseconds, in which ranks that
 * are in step meet even over TCP, where MPI moves only when it is asked; then it asks every one to five. Of those milliseconds, the
 * first third of one is this alone: ranks of one machine are done by then.
 *
 * @param patience milliseconds
 * @returns false where it was not so for that long
 */
export async function until(isSo: () => boolean, patience: number): Promise<boolean> {
  const begun = performance.now();
  for (;;) {
    if (isSo()) return true;
    const waited = performance.now() - begun;
    if (waited > patience) return false;
    if (waited < 0.3) continue;
    await (waited < 3 ? setImmediate() : setTimeout(Math.min(5, 1 + waited / 200)));
  }
}

/**
 * Waits for work that this thread does not do.
 *
 * @param patience milliseconds
 * @returns false where it was not done by then
 */
export async function within(work: Promise<void>, patience: number): Promise<boolean> {
  if (patience === Number.POSITIVE_INFINITY) {
    await work;
    return true;
  }
  const enough = new AbortController();
  const late = setTimeout(patience, false, { signal: enough.signal }).catch(() => true);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    enough.abort();
  }
}
