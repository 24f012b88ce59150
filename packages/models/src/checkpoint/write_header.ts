import type { WeightDtype } from './dtypes';

/**
 * The header of a safetensors file with these tensors of one dtype, padded with spaces to 8 bytes; their data follow in
 * the same order without holes.
 *
 * Source: https://huggingface.co/docs/safetensors, "Format". `format: pt` is what Transformers wants to see.
 */
export function writeHeader(
  tensors: readonly { readonly name: string; readonly shape: readonly number[]; readonly bytes: number }[],
  dtype: WeightDtype,
): Uint8Array {
  let offset = 0;
  const entries = tensors.map(({ name, shape, bytes }) => {
    const start = offset;
    offset += bytes;
    return [name, { dtype, shape, data_offsets: [start, offset] }];
  });
  const json = { __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) };
  const text = new TextEncoder().encode(JSON.stringify(json));
  const padded = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(8 + padded).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
  header.set(text, 8);
  return header;
}
