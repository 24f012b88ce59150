import koffi from 'koffi';
import type { ElementType } from '../onnx/element_type';
import { api, check, made } from './api';
import { environment } from './environment';
import { Handle } from './handle';
import { inputNames, outputNames } from './names';
import { type NativeCall, nativeCall, putAwayAfter } from './native_call';
import { NativeTensor } from './native_tensor';
import { type LeftNode, leftToCpu } from './placement';
import { type SessionSettings, sessionOptions } from './session_options';

/** What a session makes: where it is to be put, or nowhere yet. */
export interface OutputSpec {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Memory to write to: that of an input no longer needed. */
  readonly into?: NativeTensor;
}

/** A compiled graph. Its inputs are named i0, i1, ... and its outputs o0, o1, ... */
export class Session {
  /** What runs on the processor though the session has a device. */
  readonly leftToCpu: readonly LeftNode[];

  private constructor(private readonly handle: Handle) {
    this.leftToCpu = environment().device.memory ? leftToCpu(handle.address) : [];
  }

  /** Compiles a model. @param model bytes of an ONNX `ModelProto` */
  static create(model: Uint8Array<ArrayBuffer>, settings?: SessionSettings): NativeCall<Session> {
    const { env, device } = environment();
    const options = sessionOptions(device, settings);
    const out = new BigUint64Array(16);
    const bytes = [koffi.address(model.buffer) + BigInt(model.byteOffset), BigInt(model.byteLength)] as const;
    const call = nativeCall(
      api().createSessionFromArray,
      [env, ...bytes, options.address, koffi.address(out.buffer)],
      () => new Session(new Handle('session', out[0] as bigint, api().release.session)),
      [model, out],
    );
    return putAwayAfter(call, () => options.release());
  }

  /**
   * Runs the graph. Outputs without memory of their own get some; an output with `into` writes there and the result has its
   * address, so that tensor must not be used again but through the result.
   */
  run(
    inputs: readonly { readonly address: bigint }[],
    outputs: readonly OutputSpec[],
    options: bigint,
  ): NativeCall<(NativeTensor | undefined)[]> {
    const given = addresses(inputs);
    // On the processor ONNX Runtime gives an output memory when its turn comes; elsewhere it would bring it back.
    const fresh = outputs.map(({ into, type, shape }) =>
      into || environment().device.memory === undefined ? undefined : NativeTensor.empty(type, shape),
    );
    const results = addresses(outputs.map(({ into }, i) => into ?? fresh[i]));
    const counts = [BigInt(inputs.length), BigInt(outputs.length)] as const;
    const call = nativeCall(
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
          into ? undefined : (fresh[i] ?? new NativeTensor(results[i] as bigint, type, shape)),
        ),
      [given, results],
    );
    return releasedOnFailure(call, fresh);
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

/** A run that fails leaves no memory behind. */
function releasedOnFailure<T>(
  { sync, async }: NativeCall<T>,
  tensors: readonly (NativeTensor | undefined)[],
): NativeCall<T> {
  const giveBack = (error: unknown): never => {
    for (const tensor of tensors) tensor?.release();
    throw error;
  };
  return {
    sync: () => {
      try {
        return sync();
      } catch (error) {
        return giveBack(error);
      }
    },
    async: () => async().catch(giveBack),
  };
}

function addresses(tensors: readonly ({ readonly address: bigint } | undefined)[]): BigUint64Array<ArrayBuffer> {
  const array = new BigUint64Array(Math.max(16, tensors.length));
  tensors.forEach((tensor, i) => {
    array[i] = tensor?.address ?? 0n;
  });
  return array;
}
