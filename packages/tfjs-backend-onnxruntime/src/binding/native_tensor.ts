import koffi from 'koffi';
import { type Elements, type ElementType, elementTypes } from '../onnx/element_type';
import { api, made } from './api';
import { copyCall } from './copies';
import { dimensions } from './dimensions';
import { environment } from './environment';
import { Handle } from './handle';
import { HostValue } from './host_value';
import { whenIdle } from './idle';
import { type NativeCall, putAwayAfter } from './native_call';

let bytesInUse = 0;

/** Bytes of all native tensors that have not been released. */
export function nativeBytes(): number {
  return bytesInUse;
}

/** Numbers where the device computes: an OrtValue that owns them, in ONNX Runtime's own arena or on the device. */
export class NativeTensor {
  private readonly handle: Handle;
  private readonly device = environment().device;

  constructor(
    address: bigint,
    readonly type: ElementType,
    readonly shape: readonly number[],
  ) {
    this.handle = new Handle('tensor', address, api().release.value);
    bytesInUse += this.bytes;
  }

  /** Memory whose numbers nobody has written yet. */
  static empty(type: ElementType, shape: readonly number[]): NativeTensor {
    const { allocator } = environment();
    const { code } = elementTypes[type];
    const address = made((out) =>
      api().createTensorAsOrtValue(allocator, dimensions(shape), BigInt(shape.length), code, out),
    );
    return new NativeTensor(address, type, shape);
  }

  /** Copies numbers to where the device computes. Where it has memory of its own, no run may be under way. */
  static from(values: Elements, type: ElementType, shape: readonly number[]): NativeTensor {
    const tensor = NativeTensor.empty(type, shape);
    if (values.byteLength === 0) return tensor;
    if (tensor.local) {
      api().copy(tensor.data, values, values.byteLength);
      return tensor;
    }
    const host = new HostValue(values, type, shape);
    putAwayAfter(copyCall(host, tensor, type), () => host.release()).sync();
    return tensor;
  }

  get address(): bigint {
    return this.handle.address;
  }

  /** It lies in the computer's own memory. */
  get local(): boolean {
    return this.device.memory === undefined;
  }

  get size(): number {
    return this.shape.reduce((size, n) => size * n, 1);
  }

  get bytes(): number {
    return this.size * elementTypes[this.type].bytes;
  }

  /** A copy of the numbers. Where the device has memory of its own, no other call may be under way. */
  read(): NativeCall<Elements> {
    const values = new elementTypes[this.type].array(this.size);
    if (this.local || values.byteLength === 0) {
      if (values.byteLength > 0) api().copy(values, this.data, values.byteLength);
      return { sync: () => values, async: async () => values };
    }
    const host = new HostValue(values, this.type, this.shape);
    const call = putAwayAfter(copyCall(this, host, this.type), () => host.release());
    return {
      sync: () => {
        call.sync();
        return values;
      },
      async: async () => {
        await call.async();
        return values;
      },
    };
  }

  /** The numbers where they lie, until they are released; undefined where a device has them in memory of its own. */
  inPlace(): Float32Array | undefined {
    if (!this.local || this.type !== 'float32' || this.size === 0) return undefined;
    return new Float32Array(koffi.view(this.data, this.bytes));
  }

  release(): void {
    bytesInUse -= this.bytes;
    if (this.local) this.handle.release();
    else whenIdle(() => this.handle.release());
  }

  /** Where the numbers begin. */
  get data(): bigint {
    return made((out) => api().getTensorMutableData(this.address, out));
  }
}
