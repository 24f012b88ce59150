import { expect, test } from 'vitest';
import { type Header, joined, memoryFiles } from '../../test/memory_files';
import { OpenFiles } from './checkpoint_files';
import { readHeader } from './safetensors_header';
import { writeHeader } from './write_header';

async function read(bytes: Uint8Array) {
  const file = await new OpenFiles(memoryFiles({ w: bytes })).find('w');
  if (!file) throw new Error('missing');
  return readHeader(file);
}

const tensor = (start: number, end: number, shape: unknown = [(end - start) / 4], dtype: unknown = 'F32') => ({
  ...{ dtype, shape },
  data_offsets: [start, end],
});
const of = (header: Header | string, dataBytes = 12) => read(joined(header, new Uint8Array(dataBytes)));

test('what is written is read back, and stands in the file as the format wants it', async () => {
  const tensors = [
    { name: 'a', shape: [2, 3], bytes: 12 },
    { name: 'b', shape: [], bytes: 2 },
  ];
  const bytes = writeHeader(tensors, 'BF16');
  const text = new TextDecoder().decode(bytes.subarray(8));
  expect(text.trimEnd()).toBe(
    '{"__metadata__":{"format":"pt"},"a":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},' +
      '"b":{"dtype":"BF16","shape":[],"data_offsets":[12,14]}}',
  );
  expect([bytes.length % 8, bytes.length - 8]).toEqual([0, new DataView(bytes.buffer).getUint32(0, true)]);
  const start = bytes.length;
  expect([...(await read(Uint8Array.from([...bytes, ...new Uint8Array(14)])))]).toEqual([
    ['a', { dtype: 'BF16', shape: [2, 3], start, end: start + 12 }],
    ['b', { dtype: 'BF16', shape: [], start: start + 12, end: start + 14 }],
  ]);
});

test('data may lie in another order than the header names them, and tensors be empty', async () => {
  const entries = await of({ z: tensor(4, 12), e: tensor(4, 4), a: tensor(0, 4), f: tensor(12, 12, [3, 0]) });
  expect([...entries.keys()]).toEqual(['z', 'e', 'a', 'f']);
});

test.each<[string, Header | string, string]>([
  ['that is no JSON', '{nope', 'the header: is not a JSON object'],
  ['that is a list', '[1]', 'the header: is not a JSON object'],
  ['past the end', { w: tensor(0, 16) }, 'tensor w claims bytes 0 to 16, and the file has 12'],
  ['far past the end', { w: tensor(0, 2 ** 53 - 1, [2 ** 51]) }, 'and the file has 12'],
  ['that ends before it starts', { w: tensor(8, 4, [1]) }, 'claims bytes 8 to 4'],
  ['that starts before the data', { w: tensor(-4, 8, [3]) }, 'no pair of data offsets'],
  ['that overlap', { v: tensor(0, 8), w: tensor(4, 12) }, 'tensor v and tensor w overlap'],
  ['that share their bytes', { v: tensor(0, 12), w: tensor(0, 12) }, 'tensor v and tensor w overlap'],
  ['that leave a hole before', { w: tensor(4, 12) }, '4 bytes between the header and tensor w belong to no tensor'],
  ['that leave a hole between', { v: tensor(0, 4), w: tensor(8, 12) }, '4 bytes between tensor v and tensor w'],
  ['that leave a hole after', { v: tensor(0, 4) }, '8 bytes between tensor v and the end belong to no tensor'],
  ['without tensors', {}, '12 bytes between the header and the end'],
  ['of another size', { w: tensor(0, 12, [4]) }, 'holds 12 bytes, which do not fit its shape [4] of F32'],
  ['beyond 2^53', { w: tensor(0, 12, [2 ** 40, 2 ** 40]) }, 'do not fit its shape'],
  ['beyond 2^53, and empty', { w: tensor(0, 0, [2 ** 40, 2 ** 40, 0]), v: tensor(0, 12) }, 'do not fit its shape'],
  ['of negative size', { w: tensor(0, 12, [-3]) }, 'no shape of whole numbers'],
  ['of half a size', { w: tensor(0, 12, [1.5]) }, 'no shape of whole numbers'],
  ['of no size', { w: tensor(0, 12, ['3']) }, 'no shape of whole numbers'],
  ['with three offsets', { w: { dtype: 'F32', shape: [3], data_offsets: [0, 12, 12] } }, 'no pair of data offsets'],
  ['without offsets', { w: { dtype: 'F32', shape: [1] } }, 'no pair of data offsets'],
  ['without dtype', { w: { shape: [3], data_offsets: [0, 12] } }, 'has no dtype'],
  ['of no known dtype', { w: tensor(0, 12, [3], 'F31') }, 'dtype F31, which the safetensors format does not know'],
  ['of an inherited dtype', { w: tensor(0, 12, [3], 'constructor') }, 'dtype constructor, which'],
  ['of nothing', { w: null }, 'has no description'],
  ['named twice', '{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"w":{}}', 'the key w stands there twice'],
  ['with a field twice', '{"w":{"dtype":"F32","dtype":"F16"}}', 'the key dtype stands there twice'],
  ['with odd metadata', { __metadata__: { a: 1 }, w: tensor(0, 12) }, '__metadata__ holds other things than texts'],
  ['named on two lines', { 'a\nb': null }, 'tensor "a\\nb" has no description'],
])('a header of tensors %s is refused', async (_, header, message) => {
  await expect(of(header)).rejects.toThrow(message);
  await expect(of(header)).rejects.toMatchObject({ name: 'InputError' });
});

test.each<[string, Uint8Array, string]>([
  ['is empty', new Uint8Array(), '0 bytes are too short for a safetensors file'],
  ['has half a length', new Uint8Array(7), '7 bytes are too short'],
  ['claims no header', new Uint8Array(8), 'the header: is not a JSON object'],
  ['claims a header of 4 GB', Uint8Array.from([0, 0, 0, 0, 1, 0, 0, 0]), 'the header claims 4294967296 bytes'],
  ['claims a negative header', new Uint8Array(8).fill(255), 'the header claims 18446744073709551615 bytes'],
  ['ends inside its header', Uint8Array.from([9, 0, 0, 0, 0, 0, 0, 0, 0x7b]), 'ends inside its header'],
])('a file that %s is refused', async (_, bytes, message) => {
  await expect(read(bytes)).rejects.toThrow(message);
});
