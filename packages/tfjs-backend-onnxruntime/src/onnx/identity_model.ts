import type { ElementType } from './element_type';
import { encodeModel } from './model';

/** A model that hands its input on, whatever its shape. */
export function identityModel(type: ElementType = 'float32'): Uint8Array<ArrayBuffer> {
  return encodeModel({
    nodes: [{ name: 'identity', op: 'Identity', domain: '', inputs: ['i0'], outputs: ['o0'], attributes: {} }],
    inputs: [{ name: 'i0', type }],
    outputs: [{ name: 'o0', type }],
    initializers: [],
  });
}
