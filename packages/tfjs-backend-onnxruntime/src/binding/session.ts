import koffi from 'koffi';
import type { ElementType } from '../onnx/element_type';
import { api, check, made } from './api';
import { environment } from './environment';
import { Handle } from './handle';
import { inputNames, outputNames } from './names';
import { NativeTensor } from './native_tensor';

/** A call into ONNX Runtime that may take long: made at once, or on a thread of its own. */
export interface NativeCall<T> {
  sync(): T;
  async(): Promise<T>;
}

/** What a session makes: where it is to be put, or nowhere yet. */
export interface OutputSpec {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Memory to write to: that of an input no longer needed. */
  readonly into?: NativeTensor;
}

/** A compiled graph. Its inputs are named i0, i1, ... and its outputs o0, o1, ... */
export class Session {
  private constructor(private readonly handle: Handle) {}

  /**
   * Compiles a model.
   *
   * @param model bytes of an ONNX `ModelProto`
   * @param profile where its release writes how long each operator took: the beginning of a file's path
   */
  static create(model: Uint8Array<ArrayBuffer>, profile?: string): NativeCall<Session> {
    const { env, sessionOptions } = environment();
    const options = profile === undefined ? undefined : profiledOptions(sessionOptions, profile);
    const out = new BigUint64Array(16);
    const target = koffi.address(out.buffer);
    const bytes = [koffi.address(model.buffer) + BigInt(model.byteOffset), BigInt(model.byteLength)] as const;
    const call = nativeCall(
      api().createSessionFromArray,
      [env, ...bytes, options?.address ?? sessionOptions, target],
      () => new Session(new Handle('session', out[0] as bigint, api().release.session)),
      [model, out],
    );
    return options ? releasing(call, options) : call;
  }

  /**
   * Runs the graph. Outputs without memory of their own get some from the arena; an output with `into` writes there and
   * the result has its address, so that tensor must not be used again but through the result.
   */
  run(
    inputs: readonly { readonly address: bigint }[],
    outputs: readonly OutputSpec[],
    options: bigint,
  ): NativeCall<(NativeTensor | undefined)[]> {
    const given = addresses(inputs);
    const results = addresses(outputs.map(({ into }) => into));
    const counts = [BigInt(inputs.length), BigInt(outputs.length)] as const;
    return nativeCall(
      api().run,
      [
        this.handle.address,
        options,
        inputNames.pointers(inputs.length),
        koffi.address(given.buffer),
        counts[0],
        outputNames.pointers(outputs.length),
        counts[1],
        koffi.address(results.buffer),
      ],
      () =>
        outputs.map(({ type, shape, into }, i) =>
          into ? undefined : new NativeTensor(results[i] as bigint, type, shape),
        ),
      [given, results],
    );
  }

  release(): void {
    this.handle.release();
  }
}

/** Asks a run to stop at its next node. */
export class RunOptions {
  private readonly handle = new Handle(
    'runOptions',
    made((out) => api().createRunOptions(out)),
    api().release.runOptions,
  );

  get address(): bigint {
    return this.handle.address;
  }

  terminate(): void {
    check(api().runOptionsSetTerminate(this.address));
  }

  release(): void {
    this.handle.release();
  }
}

function profiledOptions(sessionOptions: bigint, profile: string): Handle {
  const options = new Handle(
    'sessionOptions',
    made((out) => api().cloneSessionOptions(sessionOptions, out)),
    api().release.sessionOptions,
  );
  check(api().enableProfiling(options.address, profile));
  return options;
}

/** The call, after which a handle that it needed is released. */
function releasing<T>({ sync, async }: NativeCall<T>, handle: Handle): NativeCall<T> {
  return {
    sync: () => {
      try {
        return sync();
      } finally {
        handle.release();
      }
    },
    async: () => async().finally(() => handle.release()),
  };
}

function addresses(tensors: readonly ({ readonly address: bigint } | undefined)[]): BigUint64Array<ArrayBuffer> {
  const array = new BigUint64Array(Math.max(16, tensors.length));
  tensors.forEach((tensor, i) => {
    array[i] = tensor?.address ?? 0n;
  });
  return array;
}

/** @param held what lies at addresses among the arguments, kept alive until the call has ended */
function nativeCall<T>(
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
      new Promise((resolve, reject) => {
        call.async(...values, (error, status) => {
          if (error) return reject(error);
          try {
            resolve(finish(status));
          } catch (failure) {
            reject(failure);
          }
        });
      }),
  };
}
