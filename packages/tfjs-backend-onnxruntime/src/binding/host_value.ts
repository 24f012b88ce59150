import koffi from 'koffi';
import { type Elements, type ElementType, elementTypes } from '../onnx/element_type';
import { api, made } from './api';
import { dimensions } from './dimensions';
import { environment } from './environment';
import { Handle } from './handle';

/** Numbers of JavaScript's own, as ONNX Runtime reads and writes them where they lie. */
export class HostValue {
  private readonly handle: Handle;

  /** @param values kept alive by this object, at least 1 byte of them */
  constructor(
    private readonly values: Elements,
    type: ElementType,
    shape: readonly number[],
  ) {
    const { hostMemory } = environment();
    // Touching the buffer moves a short array out of V8's heap, where it would not stay in its place.
    const start = koffi.address(this.values.buffer) + BigInt(this.values.byteOffset);
    const bytes = BigInt(this.values.byteLength);
    const { code } = elementTypes[type];
    const address = made((out) =>
      api().createTensorWithDataAsOrtValue(
        hostMemory,
        start,
        bytes,
        dimensions(shape),
        BigInt(shape.length),
        code,
        out,
      ),
    );
    this.handle = new Handle('hostValue', address, api().release.value);
  }

  get address(): bigint {
    return this.handle.address;
  }

  release(): void {
    this.handle.release();
  }
}
