/** The longest wait that timers can count, in milliseconds. */
const longest = 2 ** 31 - 1;

/** Runs with a signal that aborts after `timeout` milliseconds or with `signal`, and does not wait for what ignores it. */
export async function within<T>(
  timeout: number,
  late: () => Error,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(late()), Math.min(timeout, longest));
  const onAbort = () => own.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const given = new Promise<never>((_, reject) => {
    own.signal.addEventListener('abort', () => reject(own.signal.reason), { once: true });
  });
  try {
    return await Promise.race([run(own.signal), given]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Waits so many milliseconds. @throws the signal's reason as soon as it aborts */
export async function sleep(wait: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      },
      Math.min(wait, longest),
    );
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
