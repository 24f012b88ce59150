import { expect, test } from 'vitest';
import { memoryFiles } from '../../test/memory_files';
import { OpenFiles } from './checkpoint_files';
import { toBfloat16 } from './narrow';
import { readHeader } from './safetensors_header';
import { intoShards, shardIndex, shardName } from './shards';
import { type SavedWeight, type WeightFile, weightFiles } from './weight_files';

const weightOf = (numbers: Float32Array): SavedWeight => ({
  shape: [numbers.length],
  size: numbers.length,
  numbers: async () => numbers,
});

/** All bytes of a file, and the most that came at once after its header. */
async function written({ chunks }: WeightFile): Promise<{ bytes: Uint8Array; largest: number }> {
  const copies: Uint8Array[] = [];
  for await (const chunk of chunks) copies.push(chunk.slice());
  const bytes = new Uint8Array(await new Blob(copies as BlobPart[]).arrayBuffer());
  return { bytes, largest: Math.max(...copies.slice(1).map(({ length }) => length)) };
}

test('a large tensor is rounded piece by piece, each number in its place', async () => {
  const numbers = Float32Array.from({ length: 300_001 }, (_, i) => Math.sin(i));
  const [file] = weightFiles(new Map([['w', weightOf(numbers)]]), { dtype: 'bfloat16', maxShardBytes: 5e9 });
  const { bytes, largest } = await written(file as WeightFile);
  expect(largest).toBeLessThan(300_001);
  const stored = await new OpenFiles(memoryFiles({ x: bytes })).find('x');
  const entry = stored && (await readHeader(stored)).get('w');
  const rounded = new Uint16Array(numbers.length);
  toBfloat16(rounded, new Uint32Array(numbers.buffer));
  const expected = new Uint8Array(rounded.buffer);
  expect(Buffer.compare(bytes.subarray(entry?.start, entry?.end), expected)).toBe(0);
});

test('numbers are asked for when their turn comes, one tensor after the other', async () => {
  const asked: string[] = [];
  const weights = ['b', 'a', 'c'].map((name): [string, SavedWeight] => {
    const numbers = async () => {
      asked.push(name);
      return Float32Array.of(1);
    };
    return [name, { shape: [1], size: 1, numbers }];
  });
  const files = weightFiles(new Map(weights), { dtype: 'float32', maxShardBytes: 8 });
  expect(files.map(({ name }) => name)).toEqual([
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    'model.safetensors.index.json',
  ]);
  expect(asked).toEqual([]);
  const [first, second] = files as [WeightFile, WeightFile];
  await written(first);
  expect(asked).toEqual(['a', 'b']);
  await written(second);
  expect(asked).toEqual(['a', 'b', 'c']);
});

test('a shard is filled to the last byte, and a tensor that is larger has one to itself', () => {
  const tensors = [4, 6, 1, 20, 3, 7].map((bytes, i) => ({ name: `t${i}`, bytes }));
  const shards = intoShards(tensors, 10);
  expect(shards.map((shard) => shard.map(({ bytes }) => bytes))).toEqual([[4, 6], [1], [20], [3, 7]]);
  expect(shardIndex(shards)).toEqual({
    metadata: { total_size: 41 },
    weight_map: {
      ...{ t0: 'model-00001-of-00004.safetensors', t1: 'model-00001-of-00004.safetensors' },
      ...{ t2: 'model-00002-of-00004.safetensors', t3: 'model-00003-of-00004.safetensors' },
      ...{ t4: 'model-00004-of-00004.safetensors', t5: 'model-00004-of-00004.safetensors' },
    },
  });
  expect(shardName(0, 1)).toBe('model.safetensors');
});
