import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { dpoLoss, fillAdapter, gradientsOf, weightOf } from '../../test/adapters';
import { memoryFiles, oracleContents } from '../../test/memory_files';
import { fixture, readExpected, tokenRows } from '../../test/oracle';
import { roundoff, widened } from '../../test/stored';
import { addAdapter } from '../adapters/add_adapter';
import { mergeAdapter, withoutAdapter } from '../adapters/merge_adapter';
import { type CausalLM, cloneModel, disposeModel } from '../causal_lm';
import { readCheckpoint } from '../checkpoint/read_checkpoint';
import { logits } from '../forward_pass';
import { generate } from '../generation/generate';
import { addValueHead } from '../heads/value_head';
import { loadCheckpoint, saveCheckpoint } from '../node';
import { rowOutputs } from '../rows/row_outputs';
import { logpRows } from '../rows/token_logps';
import { registerWasmKernels } from '../wasm';
import { lowPrecisionCopy } from './low_precision_copy';
import { isPacked, type Storage } from './storage';

registerWasmKernels();

const storages = ['float16', 'bfloat16'] as const;
const backends = ['cpu', 'wasm', 'onnxruntime'];
const models = [
  ...['neox-parallel', 'neox-sequential', 'neox-2heads', 'neox-large-scores', 'neox-no-biases'],
  ...['llama-mha', 'llama-gqa', 'llama-rope3', 'llama-tied', 'llama-biases'],
];

/** Most that a log-probability was seen to be off by is 40 unit roundoffs: neox-no-biases, whose weights are large. */
const bound = 64;

const dispose = (...all: CausalLM[]) => all.forEach(disposeModel);

describe.each(backends)('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test.each(storages.flatMap((storage) => models.map((name) => [storage, name] as const)))(
    'in %s, %s is the float32 model of the rounded numbers to the bit, and near that of its own',
    async (storage, name) => {
      const model = await loadCheckpoint(fixture(name));
      const before = tf.memory().numTensors;
      const stored = await lowPrecisionCopy(model, { storage });
      const rounded = await widened(stored);
      const rows = tokenRows(readExpected(name).batch);
      const logps = await logpRows(stored, rows);
      expect(logps).toEqual(await logpRows(rounded, rows));
      const exact = await logpRows(model, rows);
      const errors = logps.flatMap((row, i) => [...row].map((logp, t) => Math.abs(logp - (exact[i]?.[t] as number))));
      expect(Math.max(...errors)).toBeLessThan(bound * roundoff[storage]);
      expect(Math.max(...errors)).toBeGreaterThan(0);
      dispose(stored, rounded);
      expect(tf.memory().numTensors).toBe(before);
      disposeModel(model);
    },
  );

  test.each([
    ['float16', 'neox-parallel-f16'],
    ['bfloat16', 'llama-gqa-bf16'],
  ] as const)(
    'a file in %s is kept as it is: its log-probabilities are those of float32 to the bit',
    async (storage, name) => {
      const [stored, wide] = [await loadCheckpoint(fixture(name), { storage }), await loadCheckpoint(fixture(name))];
      const rows = tokenRows(readExpected(name).batch);
      expect(await logpRows(stored, rows)).toEqual(await logpRows(wide, rows));
      dispose(stored, wide);
    },
  );

  test.each(['neox-parallel', 'llama-tied'])(
    'what is generated and all logits are those of the rounded numbers (%s)',
    async (name) => {
      const stored = await loadCheckpoint(fixture(name), { storage: 'bfloat16' });
      const rounded = await widened(stored);
      const prompts = [Int32Array.of(3, 1, 4), Int32Array.of(1, 5)];
      for (const temperature of [0, 1]) {
        const options = { maxNewTokens: 6, temperature, seeds: [1, 2] };
        expect(await generate(stored, prompts, options)).toEqual(await generate(rounded, prompts, options));
      }
      const ids = tf.tensor2d([[3, 1, 4]], undefined, 'int32');
      const numbers = (model: CausalLM) => tf.tidy(() => logits(model, ids)).data();
      expect(await numbers(stored)).toEqual(await numbers(rounded));
      dispose(stored, rounded);
    },
  );

  test.each([false, true])(
    'the base of an adapter: its gradients, layers computed again: %s',
    async (gradientCheckpointing) => {
      const expected = readExpected('neox-parallel');
      const base = await loadCheckpoint(fixture('neox-parallel'), { storage: 'float16' });
      const stored = addAdapter(base, { seed: 1, rank: 2, dropout: 0 });
      fillAdapter(stored, 5);
      const rounded = await widened(stored);
      const rows = tokenRows(expected.batch);
      const loss = (model: CausalLM) =>
        tf.sum(rowOutputs(model, rows, ['logps'], { gradientCheckpointing }).logps.tokens) as tf.Scalar;
      const before = tf.memory().numTensors;
      const [actual, exact] = [gradientsOf(stored, loss), gradientsOf(rounded, loss)];
      expect(actual.size).toBe(4 * 2 * base.config.numLayers);
      expect([...actual.keys()]).toEqual([...exact.keys()]);
      for (const [name, gradient] of exact) expect(await actual.get(name)?.data(), name).toEqual(await gradient.data());
      tf.dispose([...actual.values(), ...exact.values()]);
      expect(tf.memory().numTensors).toBe(before);
      dispose(stored, rounded);
    },
  );
});

describe('what is kept, and how', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  const dtypes = ({ weights }: CausalLM) => Object.fromEntries([...weights].map(([name, { dtype }]) => [name, dtype]));
  const bytesOf = ({ weights }: CausalLM) => [...weights.values()].reduce((sum, { size }) => sum + 4 * size, 0);

  test('matrices, but neither norms, biases nor heads', async () => {
    const model = addValueHead(await loadCheckpoint(fixture('neox-parallel')), { seed: 1 });
    const stored = await lowPrecisionCopy(model, { storage: 'bfloat16' });
    for (const [name, dtype] of Object.entries(dtypes(stored))) {
      const isMatrix = !name.startsWith('value_head') && weightOf(model, name).rank === 2;
      expect(dtype, name).toBe(isMatrix ? 'int32' : 'float32');
    }
    expect([...stored.weights.values()].some(({ trainable }) => trainable)).toBe(false);
    dispose(model, stored);
  });

  test('half the bytes', async () => {
    const [model, stored] = [
      await loadCheckpoint(fixture('llama-gqa')),
      await loadCheckpoint(fixture('llama-gqa'), { storage: 'bfloat16' }),
    ];
    const norms = [...model.weights.values()]
      .filter(({ rank }) => rank === 1)
      .reduce((sum, { size }) => sum + 4 * size, 0);
    expect(bytesOf(stored) - norms).toBe((bytesOf(model) - norms) / 2);
    dispose(model, stored);
  });

  test('a file’s own bytes, however they are read', async () => {
    const contents = oracleContents('llama-gqa-bf16');
    const model = await readCheckpoint(memoryFiles(contents), { storage: 'bfloat16' });
    const file = contents['model.safetensors'] as Uint8Array;
    const start = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
    for (const [name, weight] of model.weights) {
      if (!isPacked(weight)) continue;
      const [from, to] = header[name].data_offsets;
      const pairs = await weight.data<'int32'>();
      expect(new Uint8Array(pairs.buffer, pairs.byteOffset, pairs.byteLength), name).toEqual(
        file.slice(start + from, start + to),
      );
    }
    disposeModel(model);
  });

  test.each(storages)('saving a model in %s writes its numbers, in any dtype', async (storage) => {
    const stored = await loadCheckpoint(fixture('llama-mha'), { storage });
    const rounded = await widened(stored);
    const folder = await mkdtemp(join(tmpdir(), 'stored-'));
    for (const dtype of ['float32', storage] as const) {
      const [a, b] = [join(folder, `a-${dtype}`), join(folder, `b-${dtype}`)];
      await saveCheckpoint(stored, a, { dtype });
      await saveCheckpoint(rounded, b, { dtype });
      expect(await readFile(join(a, 'model.safetensors'))).toEqual(await readFile(join(b, 'model.safetensors')));
    }
    await rm(folder, { recursive: true });
    dispose(stored, rounded);
  });

  test('merging an adapter into it gives a float32 model', async () => {
    const expected = readExpected('llama-gqa');
    const policy = addAdapter(await loadCheckpoint(fixture('llama-gqa'), { storage: 'bfloat16' }), {
      ...{ seed: 1, rank: 2, targets: ['q_proj'] },
    });
    fillAdapter(policy, 7);
    const merged = await mergeAdapter(policy);
    expect(merged.storage).toBeUndefined();
    expect([...merged.weights.values()].every(({ dtype, trainable }) => dtype === 'float32' && trainable)).toBe(true);
    const loss = (model: CausalLM) => tf.tidy(() => dpoLoss(model, expected)).dataSync()[0] as number;
    expect(loss(merged)).toBeCloseTo(loss(policy), 4);
    const base = withoutAdapter(policy);
    expect(Math.abs(loss(base) - loss(policy))).toBeGreaterThan(1e-3);
    dispose(policy, merged, base);
  });

  test('a copy in another storage, and one in the same', async () => {
    const model = await loadCheckpoint(fixture('llama-gqa-bf16'), { storage: 'bfloat16' });
    const [same, other] = [
      await lowPrecisionCopy(model, { storage: 'bfloat16' }),
      await lowPrecisionCopy(model, { storage: 'float16' }),
    ];
    const name = 'model.layers.0.mlp.up_proj.weight';
    expect(await weightOf(same, name).data()).toEqual(await weightOf(model, name).data());
    expect(await weightOf(other, name).data()).not.toEqual(await weightOf(model, name).data());
    dispose(model, same, other);
  });
});

describe('what cannot be', () => {
  let model: CausalLM;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    model = await loadCheckpoint(fixture('llama-mha'));
    return () => disposeModel(model);
  });

  test.each([
    ['float16', 65520, 65504, 'Take bfloat16, or leave storage out.'],
    ['bfloat16', 3.4e38, 2 ** 128 - 2 ** 120, 'Take no storage.'],
  ] as const)('a number beyond %s: the tensor is named, and nothing stays', async (storage, number, largest, fix) => {
    const copy = cloneModel(model);
    const name = 'model.layers.1.mlp.up_proj.weight';
    const weight = weightOf(copy, name);
    const values = weight.dataSync<'float32'>().slice();
    values[5] = number;
    tf.tidy(() => weight.assign(tf.tensor(values, weight.shape)));
    const before = tf.memory().numTensors;
    await expect(lowPrecisionCopy(copy, { storage })).rejects.toThrow(
      `Tensor ${name} holds ${Math.fround(number)}, beyond ${largest}, the largest ${storage}: it would become infinite. ${fix}`,
    );
    expect(tf.memory().numTensors).toBe(before);
    disposeModel(copy);
  });

  test('a storage for weights that train', async () => {
    await expect(loadCheckpoint(fixture('llama-mha'), { storage: 'float16', trainable: true })).rejects.toThrow(
      'storage is float16, in which no weight trains: leave trainable out, and give the model an adapter (addAdapter).',
    );
    const stored = await lowPrecisionCopy(model, { storage: 'float16' });
    const before = tf.memory().numTensors;
    expect(() => cloneModel(stored, { trainable: true })).toThrow('Weights kept in float16 cannot train');
    expect(tf.memory().numTensors).toBe(before);
    disposeModel(stored);
  });

  test('another storage', async () => {
    const storage = 'int8' as unknown as Storage;
    const message = 'storage is "int8": known are float16, bfloat16.';
    await expect(loadCheckpoint(fixture('llama-mha'), { storage })).rejects.toThrow(message);
    await expect(lowPrecisionCopy(model, { storage })).rejects.toThrow(message);
  });
});
