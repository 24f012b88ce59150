import { type api, check } from './api';
import { lookingAfter } from './idle';

/** A call into ONNX Runtime that may take long: made at once, or on a thread of its own. */
export interface NativeCall<T> {
  sync(): T;
  async(): Promise<T>;
}

/**
 * @param result is asked for once the call has succeeded
 * @param held what lies at addresses among the arguments, kept alive until the call has ended
 */
export function nativeCall<T>(
  call: ReturnType<typeof api>['run'],
  values: bigint[],
  result: () => T,
  held: unknown[],
): NativeCall<T> {
  const finish = (status: bigint | number): T => {
    held.length = 0;
    check(status);
    return result();
  };
  return {
    sync: () => finish(call(...values)),
    async: () =>
      lookingAfter(
        new Promise<bigint | number>((resolve, reject) => {
          call.async(...values, (error, status) => (error ? reject(error) : resolve(status)));
        }),
      ).then(finish),
  };
}

/** The call, after which something is put away, however it ended. */
export function putAwayAfter<T>({ sync, async }: NativeCall<T>, putAway: () => void): NativeCall<T> {
  return {
    sync: () => {
      try {
        return sync();
      } finally {
        putAway();
      }
    },
    async: () => async().finally(putAway),
  };
}
