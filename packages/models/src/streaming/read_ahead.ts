/**
 * Reads parts in their order and hands them out one by one: while one is in use the next is being read, and before the one
 * after that is asked for, the first is disposed of. So there are two at most. Whoever stops early leaves none behind.
 */
export async function* readAhead<T>(
  reads: readonly (() => Promise<T>)[],
  dispose: (part: T) => void,
): AsyncGenerator<T> {
  let next = reads[0]?.();
  try {
    for (let i = 1; next; i++) {
      const part = await next;
      next = reads[i]?.();
      // What goes wrong is thrown when its turn comes, and is not unhandled until then.
      next?.catch(() => {});
      try {
        yield part;
      } finally {
        dispose(part);
      }
    }
  } finally {
    const [left] = await Promise.allSettled(next ? [next] : []);
    if (left?.status === 'fulfilled') dispose(left.value);
  }
}
