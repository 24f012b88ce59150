import '@tensorflow/tfjs';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { headerOf } from '../../test/memory_files';
import { fixture } from '../../test/oracle';
import { type CausalLM, disposeModel } from '../causal_lm';
import { endTokenIds } from '../checkpoint/generation_config';
import type { SavedDtype } from '../checkpoint/weight_format';
import { hasHead } from '../heads/heads';
import { addRewardHead } from '../heads/reward_head';
import { addValueHead } from '../heads/value_head';
import { loadCheckpoint, saveCheckpoint } from '.';

const oracle = [
  ...['llama-gqa', 'llama-gqa-bf16', 'llama-mha', 'llama-mha-sharded', 'llama-rope3', 'llama-tied'],
  ...['neox-2heads', 'neox-large-scores', 'neox-parallel', 'neox-parallel-f16', 'neox-sequential'],
];

let folder = '';
let saved = '';
beforeAll(() => tf.setBackend('cpu'));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  saved = join(folder, 'saved');
  return () => rm(folder, { recursive: true, force: true });
});

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const readJson = async (...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8'));

/** Every tensor in the safetensors files of a folder: dtype, shape and bytes. */
async function tensorsIn(path: string): Promise<Map<string, object>> {
  const tensors = new Map<string, object>();
  for (const file of (await readdir(path)).filter((name) => name.endsWith('.safetensors'))) {
    const bytes = await readFile(join(path, file));
    const { __metadata__: metadata, ...entries } = headerOf(bytes) as unknown as Record<string, Entry>;
    expect(metadata).toEqual({ format: 'pt' });
    const start = 8 + Number(bytes.readBigUInt64LE());
    for (const [name, { dtype, shape, data_offsets: at }] of Object.entries(entries)) {
      tensors.set(name, { dtype, shape, bytes: bytes.subarray(start + at[0], start + at[1]).toString('base64') });
    }
  }
  return tensors;
}

function fill(model: CausalLM, name: string, ...bits: number[]): void {
  const weight = model.weights.get(name) as tf.Variable;
  const values = weight.dataSync<'float32'>().slice();
  new Uint32Array(values.buffer).set(bits);
  tf.tidy(() => weight.assign(tf.tensor(values, weight.shape)));
}

describe.each(oracle)('%s, loaded and saved', (name) => {
  let config: Record<string, unknown>;
  beforeAll(async () => {
    config = await readJson(fixture(name), 'config.json');
  });

  async function resave(maxShardBytes?: number): Promise<void> {
    const model = await loadCheckpoint(fixture(name));
    await saveCheckpoint(model, saved, { dtype: config.torch_dtype as SavedDtype, maxShardBytes });
    disposeModel(model);
  }

  test('has the same names, shapes, dtypes and bytes, old buffers left out', async () => {
    await resave();
    const theirs = await tensorsIn(fixture(name));
    for (const key of theirs.keys()) {
      if (/attention\.(bias|masked_bias)$|rotary_emb\.inv_freq$/.test(key)) theirs.delete(key);
    }
    expect(await tensorsIn(saved)).toEqual(theirs);
  });

  test('says all that its config.json said, and its dtype for old and new Transformers', async () => {
    await resave();
    const ours = await readJson(saved, 'config.json');
    expect(ours).toMatchObject(config);
    expect([ours.dtype, ours.torch_dtype]).toEqual([config.torch_dtype, config.torch_dtype]);
    const { bos_token_id, eos_token_id } = config;
    expect(await readJson(saved, 'generation_config.json')).toEqual({ bos_token_id, eos_token_id });
  });

  test('is the same model, and saved again the same file', async () => {
    await resave();
    const [model, back] = [await loadCheckpoint(fixture(name)), await loadCheckpoint(saved)];
    expect(back.config).toEqual(model.config);
    expect([...back.weights.keys()]).toEqual([...model.weights.keys()]);
    for (const [key, weight] of model.weights) expect(back.weights.get(key)?.dataSync()).toEqual(weight.dataSync());
    await saveCheckpoint(back, join(folder, 'again'), { dtype: config.torch_dtype as SavedDtype });
    for (const file of ['model.safetensors', 'config.json', 'generation_config.json']) {
      expect((await readFile(join(folder, 'again', file))).equals(await readFile(join(saved, file))), file).toBe(true);
    }
    [model, back].forEach(disposeModel);
  });

  test('is the same in shards, which its index finds', async () => {
    await resave(15_000);
    const files = (await readdir(saved)).filter((file) => file.endsWith('.safetensors')).sort();
    const { metadata, weight_map: map } = await readJson(saved, 'model.safetensors.index.json');
    expect(files.length).toBeGreaterThan(2);
    const digits = (n: number) => String(n).padStart(5, '0');
    expect(files).toEqual(files.map((_, i) => `model-${digits(i + 1)}-of-${digits(files.length)}.safetensors`));
    expect([...new Set<string>(Object.values(map))].sort()).toEqual(files);
    let total = 0;
    for (const file of files) {
      const bytes = await readFile(join(saved, file));
      const { __metadata__: _, ...entries } = headerOf(bytes) as unknown as Record<string, Entry>;
      for (const key of Object.keys(entries)) expect(map[key]).toBe(file);
      const size = Object.values(entries).reduce((sum, { data_offsets: [start, end] }) => sum + end - start, 0);
      if (Object.keys(entries).length > 1) expect(size).toBeLessThanOrEqual(15_000);
      total += size;
    }
    expect(metadata).toEqual({ total_size: total });
    const [model, back] = [await loadCheckpoint(fixture(name)), await loadCheckpoint(saved)];
    for (const [key, weight] of model.weights) expect(back.weights.get(key)?.dataSync()).toEqual(weight.dataSync());
    [model, back].forEach(disposeModel);
  });
});

test('a file is laid out as the format’s reference implementation writes and wants it', async () => {
  const model = await loadCheckpoint(fixture('llama-mha'));
  await saveCheckpoint(model, saved, { dtype: 'bfloat16' });
  const bytes = await readFile(join(saved, 'model.safetensors'));
  const length = Number(bytes.readBigUInt64LE());
  expect([
    length % 8,
    bytes
      .toString('utf8', 8, 8 + length)
      .trimEnd()
      .at(-1),
  ]).toEqual([0, '}']);
  const { __metadata__: _, ...entries } = headerOf(bytes) as unknown as Record<string, Entry>;
  expect(Object.keys(entries)).toEqual(Object.keys(entries).sort());
  let position = 0;
  for (const { data_offsets: at, shape } of Object.values(entries)) {
    expect(at).toEqual([position, position + 2 * shape.reduce((a, b) => a * b, 1)]);
    position = at[1];
  }
  expect(bytes.length).toBe(8 + length + position);
  disposeModel(model);
});

test('heads are saved with the model, in its dtype, each by itself and both', async () => {
  const before = tf.memory().numTensors;
  let model = await loadCheckpoint(fixture('llama-tied'));
  for (const [add, value, reward] of [
    [addRewardHead, false, true],
    [addValueHead, true, true],
  ] as const) {
    model = add(model, { seed: 1 });
    await saveCheckpoint(model, saved);
    const back = await loadCheckpoint(saved);
    expect([...back.weights.keys()].sort()).toEqual([...model.weights.keys()].sort());
    for (const [key, weight] of model.weights) expect(back.weights.get(key)?.dataSync()).toEqual(weight.dataSync());
    expect([hasHead(back, 'value'), hasHead(back, 'reward')]).toEqual([value, reward]);
    expect((await readJson(saved, 'config.json')).pretraining_tp).toBe(1);
    await saveCheckpoint(model, saved, { dtype: 'float16' });
    expect((await tensorsIn(saved)).get('score.weight')).toMatchObject({ dtype: 'F16', shape: [1, 32] });
    disposeModel(back);
  }
  disposeModel(model);
  expect(tf.memory().numTensors).toBe(before);
});

describe('JSON', () => {
  async function resaved(name: string, config: object, generation?: string): Promise<CausalLM> {
    const from = join(folder, 'from');
    await mkdir(from);
    await writeFile(
      join(from, 'config.json'),
      JSON.stringify({ ...(await readJson(fixture(name), 'config.json')), ...config }),
    );
    await writeFile(join(from, 'model.safetensors'), await readFile(join(fixture(name), 'model.safetensors')));
    if (generation !== undefined) await writeFile(join(from, 'generation_config.json'), generation);
    const model = await loadCheckpoint(from);
    await saveCheckpoint(model, saved);
    return model;
  }

  test('fields that nothing here reads are kept, those that no longer hold are not', async () => {
    const kept = { pad_token_id: 0, attention_dropout: 0, id2label: { 0: 'good' }, unheard_of: [1, { a: null }] };
    const gone = { transformers_version: '4.1', _name_or_path: '/home/me', auto_map: { AutoModel: 'x.py' } };
    disposeModel(await resaved('llama-mha', { ...kept, ...gone, torch_dtype: 'float16' }));
    const ours = await readJson(saved, 'config.json');
    expect(ours).toMatchObject({ ...kept, dtype: 'float32', torch_dtype: 'float32' });
    for (const field of Object.keys(gone)) expect(ours).not.toHaveProperty(field);
  });

  test('floats are written as such: some of Transformers’ versions refuse an integer', async () => {
    disposeModel(await resaved('llama-rope3', { attention_dropout: 0 }));
    const text = await readFile(join(saved, 'config.json'), 'utf8');
    for (const line of [
      '"rope_theta": 500000.0',
      '"factor": 8.0',
      '"low_freq_factor": 1.0',
      '"attention_dropout": 0.0',
    ]) {
      expect(text).toContain(line);
    }
    for (const line of ['"rms_norm_eps": 0.000001', '"original_max_position_embeddings": 512,', '"vocab_size": 97']) {
      expect(text).toContain(line);
    }
  });

  test('a generation config stays as it was, to the letter, and its end tokens are known', async () => {
    const text = '{"temperature": 1.0, "eos_token_id": [3, 9, 2],\n "top_p": 0.9}';
    const model = await resaved('llama-mha', { eos_token_id: [2, 5] }, text);
    expect(endTokenIds(model)).toEqual([3, 9, 2]);
    expect(await readFile(join(saved, 'generation_config.json'), 'utf8')).toBe(text);
    expect((await readJson(saved, 'config.json')).eos_token_id).toEqual([2, 5]);
    disposeModel(model);
  });

  test('without one, end tokens are the config’s, however many, and are written', async () => {
    const model = await resaved('llama-mha', { eos_token_id: [2, 5] });
    expect(endTokenIds(model)).toEqual([2, 5]);
    expect(await readJson(saved, 'generation_config.json')).toEqual({ bos_token_id: 1, eos_token_id: [2, 5] });
    expect(endTokenIds({ ...model, config: { ...model.config, eosTokenIds: undefined } })).toEqual([2]);
    expect(
      endTokenIds({ ...model, config: { ...model.config, eosTokenIds: undefined, eosTokenId: undefined } }),
    ).toEqual([]);
    disposeModel(model);
  });
});

describe('what cannot be saved is refused, and what was there stays', () => {
  const norm = 'model.norm.weight';
  const bitsOf = (x: number) => new Uint32Array(Float32Array.of(x).buffer)[0] as number;

  test.each([
    ['float16', 65520, `Tensor ${norm} holds 65520, beyond 65504, the largest float16: it would become infinite.`],
    ['float16', -1e10, 'Save it as bfloat16 or float32.'],
    ['bfloat16', 3.4e38, `the largest bfloat16: it would become infinite. Save it as float32.`],
  ] as const)('as %s: %d', async (dtype, number, message) => {
    const model = await loadCheckpoint(fixture('llama-mha'));
    await saveCheckpoint(model, saved);
    fill(model, norm, 0, bitsOf(number));
    const before = await readFile(join(saved, 'model.safetensors'));
    await expect(saveCheckpoint(model, saved, { dtype })).rejects.toThrow(message);
    await expect(saveCheckpoint(model, saved, { dtype })).rejects.toMatchObject({ name: 'InputError' });
    expect(await readdir(folder)).toEqual(['saved']);
    expect(before.equals(await readFile(join(saved, 'model.safetensors')))).toBe(true);
    await saveCheckpoint(model, saved, { dtype: 'float32' });
    disposeModel(model);
  });

  test('infinities and NaNs are saved as what they are', async () => {
    const model = await loadCheckpoint(fixture('llama-mha'));
    fill(model, norm, bitsOf(Number.POSITIVE_INFINITY), bitsOf(Number.NEGATIVE_INFINITY), 0x7f800001);
    for (const dtype of ['float16', 'bfloat16', 'float32'] as const) {
      await saveCheckpoint(model, saved, { dtype });
      const back = await loadCheckpoint(saved);
      const [up, down, none] = (back.weights.get(norm) as tf.Variable).dataSync();
      expect([up, down, none]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
      disposeModel(back);
    }
    disposeModel(model);
  });

  test.each([
    [{ dtype: 'f16' as SavedDtype }, 'dtype is "f16": known are float32, float16, bfloat16.'],
    [{ dtype: 'constructor' as SavedDtype }, 'dtype is "constructor"'],
    [{ maxShardBytes: 0 }, 'maxShardBytes is 0: it must be at least 1.'],
    [{ maxShardBytes: Number.NaN }, 'maxShardBytes is NaN'],
    [{ files: { '../x': '' } }, '"../x" is not the plain name of a file'],
    [{ files: { '..': '' } }, '".." is not the plain name of a file'],
    [{ files: { 'a\\b': '' } }, 'is not the plain name of a file'],
    [{ files: { 'config.json': '{}' } }, 'config.json is written from the model itself. Leave it out.'],
    [{ files: { 'model-00001-of-00002.safetensors': '' } }, 'is written from the model itself'],
  ])('with %j', async (options, message) => {
    const model = await loadCheckpoint(fixture('llama-mha'));
    await expect(saveCheckpoint(model, saved, options)).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
    disposeModel(model);
  });
});

test('further files lie beside, and take the place of a generation config', async () => {
  const model = await loadCheckpoint(fixture('llama-mha'));
  await saveCheckpoint(model, saved, {
    files: { 'tokenizer.json': '{"ü": 1}', 'generation_config.json': '{"top_k": 1}' },
  });
  expect((await readdir(saved)).sort()).toEqual([
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'tokenizer.json',
  ]);
  expect(await readFile(join(saved, 'tokenizer.json'), 'utf8')).toBe('{"ü": 1}');
  expect(await readFile(join(saved, 'generation_config.json'), 'utf8')).toBe('{"top_k": 1}');
  disposeModel(model);
});

test('an existing checkpoint is replaced whole, and what a crash left does not stand in the way', async () => {
  await mkdir(join(folder, `.saved.${process.pid}.partial`));
  for (const [name, maxShardBytes] of [
    ['llama-mha', 20_000],
    ['neox-parallel', undefined],
  ] as const) {
    const model = await loadCheckpoint(fixture(name));
    await saveCheckpoint(model, saved, { maxShardBytes });
    disposeModel(model);
  }
  const back = await loadCheckpoint(saved);
  expect(back.config.modelType).toBe('gpt_neox');
  expect(await readdir(folder)).toEqual(['saved']);
  disposeModel(back);
});

const root = process.platform === 'linux' && process.getuid?.() === 0;
test.skipIf(!root)(
  'a full disk leaves what was there and nothing half-written (needs root on Linux)',
  async ({ skip }) => {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=150k', 'tmpfs', folder], { stdio: 'pipe' });
    } catch {
      skip('mounting a small disk is forbidden here');
    }
    try {
      const model = await loadCheckpoint(fixture('llama-tied'));
      await saveCheckpoint(model, saved);
      const before = await readFile(join(saved, 'model.safetensors'));
      await expect(saveCheckpoint(model, saved)).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(await readdir(folder)).toEqual(['saved']);
      expect(before.equals(await readFile(join(saved, 'model.safetensors')))).toBe(true);
      disposeModel(model);
    } finally {
      execFileSync('umount', [folder]);
    }
  },
);

const pythons = ['python3', '/usr/bin/python3', 'python'];
const python = pythons.find((name) => spawnSync(name, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0);

test.skipIf(!python)('PyTorch reads the files, and rounds every number as they do (needs python3-torch)', async () => {
  const model = await loadCheckpoint(fixture('neox-parallel'));
  let state = 1;
  for (const [name, weight] of model.weights) {
    // Any bits at all: tiny numbers, halfway ones, infinities and NaNs; but none beyond float16.
    const bits = Array.from({ length: weight.size }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const tail = [state, state & 0xfffff000, (state & 0xffffe000) | 0x1000, state][state & 3] as number;
      const size = tail & 0x7fffffff;
      return size >= 0x477ff000 && size < 0x7f800000 ? (tail & 0x80ffffff) | 0x3a000000 : tail;
    });
    fill(model, name, ...bits);
  }
  const files: string[] = [];
  for (const dtype of ['float32', 'float16', 'bfloat16'] as const) {
    await saveCheckpoint(model, join(folder, dtype), { dtype });
    files.push(join(folder, dtype, 'model.safetensors'));
  }
  const script = fileURLToPath(new URL('../../test/check_rounding.py', import.meta.url));
  const compared = execFileSync(python as string, [script, ...files], { encoding: 'utf8' });
  expect(Number(compared)).toBe(2 * 31_680);
  disposeModel(model);
});
