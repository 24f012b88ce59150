import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeTensor, headerLength, readHeader, writeHeader } from './safetensors';

const header = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
const tensor = (start: number, end: number, shape = [(end - start) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [start, end],
});

test('what is written is read back', () => {
  const bytes = writeHeader([
    { name: 'b', shape: [2, 3] },
    { name: 'a', shape: [1] },
  ]);
  const length = headerLength(bytes, 'x');
  expect(8 + length).toBe(bytes.length);
  const entries = readHeader(bytes.subarray(8), 28, 'x');
  expect([...entries]).toEqual([
    ['b', { dtype: 'F32', shape: [2, 3], start: 0, end: 24 }],
    ['a', { dtype: 'F32', shape: [1], start: 24, end: 28 }],
  ]);
});

test.each([
  ['not JSON', new TextEncoder().encode('{nope'), 'not a JSON object'],
  ['a list', header([1]), 'not a JSON object'],
  ['past the end', header({ w: tensor(0, 16) }), 'claims bytes 0 to 16 of 12'],
  ['overlapping', header({ v: tensor(0, 8), w: tensor(4, 12) }), 'tensors v and w overlap'],
  ['of another size', header({ w: tensor(0, 8, [3]) }), 'do not fit its shape [3]'],
  ['of negative size', header({ w: { ...tensor(0, 8), shape: [-1] } }), 'no shape of whole numbers'],
  ['without offsets', header({ w: { dtype: 'F32', shape: [1] } }), 'no pair of data offsets'],
])('a tensor %s is refused', (_, bytes, message) => {
  expect(() => readHeader(bytes, 12, 'model.safetensors')).toThrow(message);
});

test('any bytes give a map or an InputError, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, json) => {
      try {
        if (json) readHeader(bytes, 100, 'f');
        else headerLength(bytes, 'f');
      } catch (error) {
        expect((error as Error).name).toBe('InputError');
      }
    }),
  );
});

test('half and bfloat16 widen exactly', () => {
  const half = Uint16Array.from([0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x8000]);
  expect([...decodeTensor(new Uint8Array(half.buffer), 'F16')]).toEqual([1, -2, 2 ** -24, 65504, Infinity, -0]);
  const bf = Uint16Array.from([0x3f80, 0xc000, 0x7f80]);
  expect([...decodeTensor(new Uint8Array(bf.buffer), 'BF16')]).toEqual([1, -2, Infinity]);
});
