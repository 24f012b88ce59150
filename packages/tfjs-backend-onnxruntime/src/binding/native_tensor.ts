import koffi from 'koffi';
import { type Elements, type ElementType, elementTypes } from '../onnx/element_type';
import { api, made } from './api';
import { environment } from './environment';
import { Handle } from './handle';

let bytesInUse = 0;

/** Bytes of all native tensors that have not been released. */
export function nativeBytes(): number {
  return bytesInUse;
}

/** Numbers in native memory: an OrtValue that owns them, in ONNX Runtime's own arena. */
export class NativeTensor {
  private readonly handle: Handle;

  constructor(
    address: bigint,
    readonly type: ElementType,
    readonly shape: readonly number[],
  ) {
    this.handle = new Handle('tensor', address, api().release.value);
    bytesInUse += this.bytes;
  }

  /** Copies numbers into native memory. */
  static from(values: Elements, type: ElementType, shape: readonly number[]): NativeTensor {
    const { allocator } = environment();
    const code = elementTypes[type].code;
    const address = made((out) =>
      api().createTensorAsOrtValue(allocator, dimensions(shape), BigInt(shape.length), code, out),
    );
    const tensor = new NativeTensor(address, type, shape);
    if (values.byteLength > 0) api().copy(tensor.data, values, values.byteLength);
    return tensor;
  }

  get address(): bigint {
    return this.handle.address;
  }

  get size(): number {
    return this.shape.reduce((size, n) => size * n, 1);
  }

  get bytes(): number {
    return this.size * elementTypes[this.type].bytes;
  }

  /** A copy of the numbers. */
  read(): Elements {
    const values = new elementTypes[this.type].array(this.size);
    if (values.byteLength > 0) api().copy(values, this.data, values.byteLength);
    return values;
  }

  release(): void {
    this.handle.release();
    bytesInUse -= this.bytes;
  }

  /** Where the numbers begin. */
  get data(): bigint {
    return made((out) => api().getTensorMutableData(this.address, out));
  }
}

// Read during the call that gets it, so one place serves all tensors. TensorFlow.js has at most 6 dimensions.
const dimensionSlots = new BigInt64Array(32);
const dimensionsAddress = koffi.address(dimensionSlots.buffer);

/** Where a shape lies for the call that is made next. */
export function dimensions(shape: readonly number[]): bigint {
  for (let i = 0; i < shape.length; i++) dimensionSlots[i] = BigInt(shape[i] as number);
  return dimensionsAddress;
}
