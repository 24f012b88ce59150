import type { NativeCalls } from './execute';

/** Makes the calls on other threads, so that the event loop keeps turning. */
export async function driveAsync<T>(calls: NativeCalls<T>): Promise<T> {
  let step = calls.next();
  while (!step.done) {
    const call = step.value;
    const outcome = await call.async().then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    step = 'error' in outcome ? calls.throw(outcome.error) : calls.next(outcome.result);
  }
  return step.value;
}

/** Makes the calls now, and returns when the last is done. */
export function driveSync<T>(calls: NativeCalls<T>): T {
  let step = calls.next();
  while (!step.done) {
    let outcome: { result: unknown } | { error: unknown };
    try {
      outcome = { result: step.value.sync() };
    } catch (error) {
      outcome = { error };
    }
    step = 'error' in outcome ? calls.throw(outcome.error) : calls.next(outcome.result);
  }
  return step.value;
}
