import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fixture } from '../../test/oracle';
import { addAdapter } from '../adapters/add_adapter';
import { withDropout } from '../adapters/dropout';
import { withoutAdapter } from '../adapters/merge_adapter';
import { type CausalLM, createModel, disposeModel } from '../causal_lm';
import { readConfig, writeConfig } from '../families/families';
import { addValueHead } from '../heads/value_head';
import { folderFiles, loadCheckpoint, saveCheckpoint } from '../node';
import { lowPrecisionCopy } from '../storage/low_precision_copy';
import { checkpointFingerprint, modelFingerprint } from './fingerprint';

const config = {
  ...{ model_type: 'gpt_neox', vocab_size: 30, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2 },
  ...{ max_position_embeddings: 16, initializer_range: 0.3 },
};

let folder: string;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'fingerprint-'));
  return () => rm(folder, { recursive: true });
});

/** Uses models and then disposes of them. */
async function using<T>(models: readonly CausalLM[], work: () => Promise<T>): Promise<T> {
  return work().finally(() => models.forEach(disposeModel));
}

test('is what it is said to be, on a model of one part a weight', async () => {
  const model = createModel(readConfig(config), { seed: 1 });
  const inOrder = [...model.weights].sort(([a], [b]) => (a < b ? -1 : 1));
  const fields = Object.entries(writeConfig(model.config)).sort(([a], [b]) => (a < b ? -1 : 1));
  const weights = inOrder.map(([name, { shape }]) => [name, shape]);
  const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest();
  const digests = inOrder.map(([, weight]) => sha256(new Uint8Array(weight.dataSync<'float32'>().buffer)));
  const expected = sha256(Buffer.concat([sha256(JSON.stringify({ config: fields, weights })), ...digests]));
  expect(await using([model], () => modelFingerprint(model))).toBe(expected.toString('hex'));
});

test.each([
  ...['neox-parallel', 'neox-parallel-f16', 'neox-no-biases', 'llama-mha', 'llama-mha-sharded', 'llama-gqa-bf16'],
  ...['llama-rope3', 'llama-tied', 'llama-biases'],
])('%s: on the disk as in memory, on any backend', async (name) => {
  const onDisk = await checkpointFingerprint(folderFiles(fixture(name)));
  expect(onDisk).toMatch(/^[0-9a-f]{64}$/);
  for (const backend of ['cpu', 'onnxruntime']) {
    await tf.setBackend(backend);
    const model = await loadCheckpoint(fixture(name));
    expect(await using([model], () => modelFingerprint(model)), backend).toBe(onDisk);
  }
  await tf.setBackend('cpu');
});

describe('of what a model is, and not of how it is kept', () => {
  test('whole, in shards and in 16 bits that hold its numbers', async () => {
    const known = await checkpointFingerprint(folderFiles(fixture('llama-gqa-bf16')));
    const model = await loadCheckpoint(fixture('llama-gqa-bf16'));
    const stored = await loadCheckpoint(fixture('llama-gqa-bf16'), { storage: 'bfloat16' });
    await using([model, stored], async () => {
      await saveCheckpoint(model, join(folder, 'shards'), { maxShardBytes: 5000 });
      expect((await readdir(join(folder, 'shards'))).length).toBeGreaterThan(5);
      expect(await checkpointFingerprint(folderFiles(join(folder, 'shards')))).toBe(known);
      expect(await modelFingerprint(stored)).toBe(known);
    });
  });

  test('a weight larger than a part is read in parts', async () => {
    // 2^22 + 2^16 numbers.
    const wide = readConfig({ ...config, vocab_size: 2 ** 16 + 2 ** 10, hidden_size: 64 });
    const model = createModel(wide, { seed: 1 });
    await using([model], async () => {
      await saveCheckpoint(model, join(folder, 'wide'), { dtype: 'bfloat16' });
      const again = await loadCheckpoint(join(folder, 'wide'));
      await using([again], async () => {
        const known = await modelFingerprint(again);
        expect(await checkpointFingerprint(folderFiles(join(folder, 'wide')))).toBe(known);
        const last = again.weights.get('embed_out.weight') as tf.Variable;
        const numbers = last.dataSync().slice();
        numbers[numbers.length - 1] = (numbers.at(-1) as number) + 1;
        last.assign(tf.tensor(numbers, last.shape));
        expect(await modelFingerprint(again)).not.toBe(known);
      });
    });
  });
});

test('other weights, another config, a head, an adapter or rounding make another', async () => {
  const model = createModel(readConfig(config), { seed: 1 });
  const models = [
    model,
    createModel(readConfig(config), { seed: 2 }),
    { ...model, config: readConfig({ ...config, rotary_pct: 0.5 }) },
    { ...model, config: readConfig({ ...config, layer_norm_eps: 1e-6 }) },
    addValueHead(model, { seed: 1 }),
    await lowPrecisionCopy(model, { storage: 'bfloat16' }),
    addAdapter(model, { seed: 1, rank: 2, alpha: 4 }),
    addAdapter(model, { seed: 1, rank: 2, alpha: 8 }),
  ];
  await using(models, async () => {
    const all = await Promise.all(models.map(modelFingerprint));
    expect(new Set(all).size).toBe(models.length);
  });
});

test('an adapter that is taken off leaves the base’s, and its dropout none', async () => {
  const model = createModel(readConfig(config), { seed: 1 });
  const known = await modelFingerprint(model);
  const adapted = addAdapter(model, { seed: 1, rank: 2 });
  const base = withoutAdapter(adapted);
  await using([adapted, base], async () => {
    expect(await modelFingerprint(base)).toBe(known);
    expect(await modelFingerprint(withDropout(adapted, 'a draw'))).toBe(await modelFingerprint(adapted));
  });
});

test('leaves no tensor behind, and files that are none are said', async () => {
  const model = createModel(readConfig(config), { seed: 1 });
  const before = tf.memory().numTensors;
  await modelFingerprint(model);
  expect(tf.memory().numTensors).toBe(before);
  disposeModel(model);
  await expect(checkpointFingerprint(folderFiles(join(folder, 'nowhere')))).rejects.toThrow('holds no config.json');
});
