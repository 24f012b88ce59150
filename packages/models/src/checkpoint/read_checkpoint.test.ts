import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Contents,
  type Header,
  headerOf,
  joined,
  json,
  memoryFiles,
  oracleContents,
} from '../../test/memory_files';
import { disposeModel } from '../causal_lm';
import { blobFiles } from './blob_files';
import { readCheckpoint } from './read_checkpoint';

beforeAll(() => tf.setBackend('cpu'));

const weights = 'model.safetensors';
const indexName = 'model.safetensors.index.json';
type Entry = { dtype: string; shape: number[]; data_offsets: [number, number] };
const whole = oracleContents('neox-parallel');
const sharded = oracleContents('llama-mha-sharded');
const parse = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));

/** The oracle's neox-parallel with another config. */
const withConfig = (fields: object): Contents => ({
  ...whole,
  'config.json': json({ ...parse(whole['config.json']), ...fields }),
});

/** The oracle's neox-parallel with another header, its data laid out anew without holes. */
function withTensors(edit: (tensors: Record<string, { dtype: string; shape: number[] }>) => void): Contents {
  const tensors = headerOf(whole[weights] as Uint8Array) as Record<string, Entry>;
  delete tensors.__metadata__;
  edit(tensors);
  let end = 0;
  const bytesOf: Record<string, number> = { F64: 8, F32: 4, F16: 2, I32: 4, F8_E4M3: 1 };
  const header = Object.entries(tensors).map(([name, { dtype, shape }]) => {
    const start = end;
    end += shape.reduce((a, b) => a * b, bytesOf[dtype] as number);
    return [name, { dtype, shape, data_offsets: [start, end] }];
  });
  return { ...whole, [weights]: joined(Object.fromEntries(header) as Header, new Uint8Array(end)) };
}

/** The oracle's shards under another index. */
function withIndex(edit: (map: Record<string, unknown>) => void): Contents {
  const { weight_map: map } = parse(sharded[indexName]);
  edit(map);
  return { ...sharded, [indexName]: json({ weight_map: map }) };
}

const without = (contents: Contents, name: string, more: Contents = {}): Contents => {
  const { [name]: _, ...rest } = contents;
  return { ...rest, ...more };
};
const nothing = new Uint8Array();
const tensor = (dtype: string, shape: number[]) => ({ dtype, shape });
const embedding = 'model.embed_tokens.weight';

const refused: [string, Contents, string][] = [
  ['a missing tensor', withTensors((t) => delete t['embed_out.weight']), 'memory: tensor embed_out.weight is missing'],
  [
    'an extra tensor',
    withTensors((t) => Object.assign(t, { 'x.y': tensor('F32', [1]) })),
    'tensor x.y has no place in',
  ],
  [
    'a misshapen tensor',
    withTensors((t) => Object.assign(t, { 'embed_out.weight': tensor('F32', [32, 97]) })),
    'model.safetensors: tensor embed_out.weight is [32,97], but config.json makes it [97,32]',
  ],
  [
    'half a head',
    withTensors((t) => Object.assign(t, { 'value_head.4.bias': tensor('F32', [1]) })),
    'tensor value_head.0.weight is missing',
  ],
  [
    'a misshapen head',
    withTensors((t) => Object.assign(t, { 'score.weight': tensor('F32', [2, 32]) })),
    'tensor score.weight is [2,32], but config.json makes it [1,32]',
  ],
  [
    'doubles',
    withTensors((t) => Object.assign(t, { 'embed_out.weight': tensor('F64', [97, 32]) })),
    'tensor embed_out.weight is F64; known are F32, F16 and BF16. Convert it: model.float()',
  ],
  [
    'bytes',
    withTensors((t) => Object.assign(t, { 'embed_out.weight': tensor('F8_E4M3', [97, 32]) })),
    'tensor embed_out.weight is F8_E4M3; known are F32, F16 and BF16. A quantised checkpoint is not read',
  ],
  [
    'GPTQ',
    withTensors((t) => Object.assign(t, { 'gpt_neox.layers.0.mlp.dense_h_to_4h.qweight': tensor('I32', [4, 128]) })),
    'dense_h_to_4h.qweight belongs to a quantised checkpoint. Take the one that it was made from.',
  ],
  [
    'a tensor named __proto__',
    withTensors((t) => Object.defineProperty(t, '__proto__', { value: tensor('F32', [1]), enumerable: true })),
    'tensor __proto__ has no place in a gpt_neox model',
  ],
  ['no config', without(whole, 'config.json'), 'memory: holds no config.json'],
  ['an unknown family', withConfig({ model_type: 'bert' }), 'memory/config.json: model_type is "bert"'],
  ['a family that every object has', withConfig({ model_type: 'constructor' }), 'model_type is "constructor"'],
  ['a config with a hole', withConfig({ hidden_size: undefined }), 'hidden_size is missing'],
  ['a config that is no JSON', { ...whole, 'config.json': new Uint8Array([120]) }, 'config.json: is not a JSON object'],
  [
    'more layers than could be listed',
    withConfig({ num_hidden_layers: 1e12 }),
    'memory/config.json: num_hidden_layers is 1000000000000, which makes 12000000000000 tensors, but the files hold 28',
  ],
  ['many more layers', withConfig({ num_hidden_layers: 100 }), 'which makes 1200 tensors, but the files hold 28'],
  [
    'one more layer',
    withConfig({ num_hidden_layers: 3 }),
    'tensor gpt_neox.layers.2.input_layernorm.weight is missing',
  ],
  ['an absurd vocabulary', withConfig({ vocab_size: 2 ** 52 }), 'config.json makes it [4503599627370496,32]'],
  ['an absurd width', withConfig({ hidden_size: 2 ** 50 }), 'but config.json makes it [97,1125899906842624]'],
  [
    'end tokens that are none',
    { ...whole, 'generation_config.json': json({ eos_token_id: 'x' }) },
    'memory/generation_config.json: eos_token_id is "x"',
  ],
  ['no weights', without(whole, weights), 'memory: holds neither model.safetensors nor model.safetensors.index.json.'],
  [
    'PyTorch’s own format',
    without(whole, weights, { 'pytorch_model.bin': nothing }),
    'It holds pytorch_model.bin, which is a program as much as data and is not read. Where you trust it, convert it',
  ],
  [
    'PyTorch’s own format in shards',
    without(whole, weights, { 'pytorch_model.bin.index.json': nothing }),
    'pip install torch transformers && python -c "from transformers import AutoModelForCausalLM',
  ],
  [
    'two sets of weights',
    { ...whole, [indexName]: sharded[indexName] as Uint8Array },
    'holds both model.safetensors and model.safetensors.index.json. Move one of them away.',
  ],
  ['an index without map', { ...sharded, [indexName]: json({ metadata: {} }) }, 'weight_map is missing'],
  ['an index of a missing shard', without(sharded, 'model-00002-of-00003.safetensors'), 'names model-00002-of-00003'],
  [
    'an index that names the wrong shard',
    withIndex((map) => Object.assign(map, { [embedding]: 'model-00002-of-00003.safetensors' })),
    `holds tensor ${embedding}, which the index says is in model-00002-of-00003.safetensors`,
  ],
  [
    'an index of a tensor that is nowhere',
    withIndex((map) => Object.assign(map, { nowhere: 'model-00002-of-00003.safetensors' })),
    'says that tensor nowhere is in model-00002-of-00003.safetensors, and it is not',
  ],
  [
    'shards that hold the same',
    { ...sharded, 'model-00002-of-00003.safetensors': sharded['model-00001-of-00003.safetensors'] as Uint8Array },
    'is also in memory/model-00001-of-00003.safetensors',
  ],
];

test.each(refused)('%s: an InputError that names it, and nothing is left open', async (_, contents, message) => {
  const files = memoryFiles(contents);
  const before = tf.memory().numTensors;
  const error = await readCheckpoint(files).catch((error: unknown) => error as Error);
  expect(error).toMatchObject({ name: 'InputError', message: expect.stringContaining(message) });
  expect([tf.memory().numTensors, files.openFiles]).toEqual([before, 0]);
});

test.each([
  '../../secret.safetensors',
  '..',
  '.',
  '',
  '/etc/passwd.safetensors',
  'a/b.safetensors',
  'a\\b.safetensors',
  'C:b.safetensors',
  'b.safetensors\0',
  '\0.safetensors',
  '%2e%2e%2fb.safetensors',
  'b.safetensors?x',
  'b.safetensors:stream',
  'b.bin',
  ' .safetensors',
  '.safetensors',
  7,
  null,
  ['b.safetensors'],
])('an index that names %j as a shard is refused before anything is opened', async (name) => {
  const files = memoryFiles({
    ...withIndex((map) => Object.assign(map, { [embedding]: name })),
    [String(name)]: whole[weights] as Uint8Array,
  });
  await expect(readCheckpoint(files)).rejects.toThrow('is not the name of a safetensors file beside the index');
  expect(files.openFiles).toBe(0);
});

describe('what is read', () => {
  test('is each byte once, and from files that end where they should', async () => {
    for (const contents of [whole, sharded]) {
      const files = memoryFiles(contents);
      const model = await readCheckpoint(files);
      const size = Object.values(contents).reduce((sum, { length }) => sum + length, 0);
      // Old buffers are passed over.
      const read = files.reads.reduce((sum, bytes) => sum + bytes, 0);
      expect(read).toBeLessThanOrEqual(size);
      expect(read).toBeGreaterThan(0.9 * size);
      expect(files.openFiles).toBe(0);
      disposeModel(model);
    }
  });

  test('is never more than 16 MiB at once, however large a tensor', async () => {
    const config = { ...parse(whole['config.json']), vocab_size: 300_001 };
    const tensors = withTensors((t) => {
      for (const name of ['gpt_neox.embed_in.weight', 'embed_out.weight']) t[name] = tensor('F16', [300_001, 32]);
    });
    const bytes = tensors[weights] as Uint8Array;
    // The last number of a tensor of 19.2 MB, which lies in its second piece: 1 in float16.
    const { data_offsets: place } = headerOf(bytes)['embed_out.weight'] as Entry;
    bytes[bytes.length - lengthOfData(bytes) + place[1] - 1] = 0x3c;
    const files = memoryFiles({ ...tensors, 'config.json': json(config) });
    const model = await readCheckpoint(files);
    expect(Math.max(...files.reads)).toBe(2 ** 24);
    const values = await model.weights.get('embed_out.weight')?.data();
    expect([values?.length, values?.indexOf(1)]).toEqual([300_001 * 32, 300_001 * 32 - 1]);
    disposeModel(model);
  });

  test('is the same from files that a person dropped', async () => {
    const blobs = Object.fromEntries(Object.entries(sharded).map(([name, bytes]) => [name, new Blob([bytes.slice()])]));
    const [model, other] = [await readCheckpoint(blobFiles(blobs)), await readCheckpoint(memoryFiles(sharded))];
    for (const [key, weight] of other.weights) expect(model.weights.get(key)?.dataSync()).toEqual(weight.dataSync());
    await expect(readCheckpoint(blobFiles({}))).rejects.toThrow('the files given: holds no config.json');
    [model, other].forEach(disposeModel);
  });

  test('passes over a second copy of a vocabulary matrix that is the input embedding', async () => {
    const model = await readCheckpoint(memoryFiles(withConfig({ tie_word_embeddings: true })));
    expect([...model.weights.keys()]).not.toContain('embed_out.weight');
    disposeModel(model);
  });

  test('is refused where a file gives fewer bytes than it said', async () => {
    const files = memoryFiles(whole);
    const open = files.open.bind(files);
    files.open = async (name) => {
      const file = await open(name);
      if (!file || name !== weights) return file;
      const { length } = whole[weights] as Uint8Array;
      return { ...file, read: async (start, end) => file.read(start, end === length ? end - 1 : end) };
    };
    const before = tf.memory().numTensors;
    await expect(readCheckpoint(files)).rejects.toThrow('memory/model.safetensors: gave');
    expect([tf.memory().numTensors, files.openFiles]).toEqual([before, 0]);
  });

  test('frees the weights that were there when a read fails, and says what failed', async () => {
    const files = memoryFiles(whole);
    const open = files.open.bind(files);
    let reads = 0;
    files.open = async (name) => {
      const file = await open(name);
      if (!file || name !== weights) return file;
      return {
        ...file,
        read: (start, end) => (++reads > 20 ? Promise.reject(new Error('EIO')) : file.read(start, end)),
      };
    };
    const before = tf.memory().numTensors;
    await expect(readCheckpoint(files)).rejects.toThrow('EIO');
    expect([tf.memory().numTensors, files.openFiles]).toEqual([before, 0]);
  });

  test('may stay frozen', async () => {
    for (const trainable of [true, false]) {
      const model = await readCheckpoint(memoryFiles(whole), { trainable });
      expect(new Set([...model.weights.values()].map((weight) => weight.trainable))).toEqual(new Set([trainable]));
      disposeModel(model);
    }
  });
});

function lengthOfData(bytes: Uint8Array): number {
  return bytes.length - 8 - Number(new DataView(bytes.buffer).getBigUint64(0, true));
}
