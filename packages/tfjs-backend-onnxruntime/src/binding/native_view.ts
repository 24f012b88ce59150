import { type ElementType, elementTypes } from '../onnx/element_type';
import { api, made } from './api';
import { dimensions } from './dimensions';
import { environment } from './environment';
import { Handle } from './handle';
import type { NativeTensor } from './native_tensor';

/** The bytes of a native tensor, read as numbers of another type. It is good for as long as the tensor is. */
export class NativeView {
  private readonly handle: Handle;

  /** @param shape that has as many bytes as the tensor */
  constructor(tensor: NativeTensor, type: ElementType, shape: readonly number[]) {
    const { memoryInfo } = environment();
    const bytes = [tensor.data, BigInt(tensor.bytes)] as const;
    const code = elementTypes[type].code;
    const address = made((out) =>
      api().createTensorWithDataAsOrtValue(memoryInfo, ...bytes, dimensions(shape), BigInt(shape.length), code, out),
    );
    this.handle = new Handle('view', address, api().release.value);
  }

  get address(): bigint {
    return this.handle.address;
  }

  release(): void {
    this.handle.release();
  }
}
