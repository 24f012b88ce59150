import { encodeModel } from './model';

/** A model that hands its only number on. */
export function identityModel(): Uint8Array<ArrayBuffer> {
  const scalar = { type: 'float32', shape: [] } as const;
  return encodeModel({
    nodes: [{ name: 'identity', op: 'Identity', domain: '', inputs: ['i0'], outputs: ['o0'], attributes: {} }],
    inputs: [{ name: 'i0', ...scalar }],
    outputs: [{ name: 'o0', ...scalar }],
    initializers: [],
  });
}
