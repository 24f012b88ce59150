import koffi from 'koffi';

// Read during the call that gets it, so one place serves all tensors. TensorFlow.js has at most 6 dimensions.
const slots = new BigInt64Array(32);
const address = koffi.address(slots.buffer);

/** Where a shape lies for the call that is made next. */
export function dimensions(shape: readonly number[]): bigint {
  for (let i = 0; i < shape.length; i++) slots[i] = BigInt(shape[i] as number);
  return address;
}
