import '@tensorflow/tfjs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dpo, kto, type Loss, sft } from '@halokit/losses';
import {
  type CausalLM,
  type CheckpointFiles,
  cloneModel,
  createModel,
  disposeModel,
  logpRows,
  readConfig,
  type StreamedLayer,
  type StreamOptions,
} from '@halokit/models';
import { folderFiles, saveCheckpoint } from '@halokit/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Dataset } from './dataset';
import { planBatches } from './plan';
import { type Reference, referenceModel, remembered } from './reference';
import { rmsprop } from './rmsprop';
import { streamedReference } from './streamed_reference';
import { train } from './train';

const config = readConfig({
  ...{ model_type: 'llama', vocab_size: 30, hidden_size: 8, intermediate_size: 16, num_hidden_layers: 2 },
  ...{ num_attention_heads: 2, max_position_embeddings: 16, initializer_range: 0.3 },
});

const prompts = Array.from({ length: 12 }, (_, i) => Int32Array.of(1, 2 + (i % 6)));
const response = (i: number) => Int32Array.from({ length: 1 + (i % 4) }, (_, t) => (i * 5 + t * 3) % 30);
const thumbs: Dataset = {
  feedback: 'binary',
  examples: prompts.map((prompt, i) => ({ prompt, response: response(i), desirable: i % 3 !== 0 })),
};
const pairs: Dataset = {
  feedback: 'preferences',
  examples: prompts.map((prompt, i) => ({ prompt, chosen: response(i), rejected: response(i + 5) })),
};
const demonstrations: Dataset = {
  feedback: 'demonstrations',
  examples: prompts.map((prompt, i) => ({ prompt, response: response(i) })),
};

let folder: string;
let model: CausalLM;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = join(await mkdtemp(join(tmpdir(), 'reference-')), 'model');
  model = createModel(config, { seed: 3 });
  await saveCheckpoint(model, folder);
  return () => disposeModel(model);
});

/** Files that count how often the weights were opened. */
function countingFiles(): CheckpointFiles & { opened: number } {
  const inner = folderFiles(folder);
  const files = {
    name: inner.name,
    opened: 0,
    async open(name: string) {
      if (name === 'model.safetensors') files.opened++;
      return inner.open(name);
    },
  };
  return files;
}

async function lossesOf(loss: Loss, dataset: Dataset, reference: Reference, signal?: AbortSignal): Promise<number[]> {
  const policy = cloneModel(model, { trainable: true });
  const needs = loss.needs ?? {};
  const plan = await planBatches(dataset, {
    ...{ seed: 1, batchSize: 4, microbatchSize: 2, epochs: 2, kl: needs.kl === true },
  });
  const optimizer = rmsprop();
  const losses: number[] = [];
  const options = { policy, reference, loss, dataset, plan, optimizer, learningRate: 1e-2, signal };
  try {
    for await (const { metrics } of train(options)) losses.push(metrics.loss);
  } finally {
    optimizer.dispose();
    disposeModel(policy);
  }
  return losses;
}

test.each([
  ['kto', kto(), thumbs],
  ['dpo', dpo(), pairs],
] as const)('%s trains as with the model in memory, which is read once for the whole run', async (_, loss, dataset) => {
  const before = tf.memory().numTensors;
  const files = countingFiles();
  const streamed = await lossesOf(loss, dataset, streamedReference(files));
  expect(files.opened).toBe(1);
  expect(tf.memory().numTensors).toBe(before);
  const inMemory = await lossesOf(loss, dataset, referenceModel(model));
  expect(streamed.length).toBe(6);
  streamed.forEach((value, i) => {
    expect(value).toBeCloseTo(inMemory[i] as number, 5);
  });
  expect(streamed.at(-1)).not.toBeCloseTo(streamed[0] as number, 3);
});

test('where states are short, it is read several times, and not more', async () => {
  const seen: StreamedLayer[] = [];
  const options: StreamOptions = { rowsAtOnce: 1, statesBytes: 4 * 8 * 40, onLayer: (event) => seen.push(event) };
  const files = countingFiles();
  await lossesOf(dpo(), pairs, streamedReference(files, options));
  const { readings } = seen.at(-1) as StreamedLayer;
  // Rows of 3 to 6 tokens, and 40 tokens at once.
  expect(readings).toBeGreaterThanOrEqual(2);
  expect(readings).toBeLessThanOrEqual(4);
  expect(seen.length).toBe(2 * readings);
  expect(files.opened).toBe(1);
});

test('a loss without a reference reads nothing', async () => {
  const files = countingFiles();
  await lossesOf(sft(), demonstrations, streamedReference(files));
  expect(files.opened).toBe(0);
});

test('rows beyond the plan are answered too, and remembered', async () => {
  const files = countingFiles();
  const reference = streamedReference(files);
  const rows = prompts.slice(0, 3).map((prompt, i) => ({ prompt, response: response(i) }));
  expect(await reference.logps([...rows, ...rows])).toEqual(await logpRows(model, [...rows, ...rows]));
  await remembered(reference).prefetch?.(rows);
  expect(files.opened).toBe(1);
});

test('a signal stops the reading, and the run ends before its first step', async () => {
  const stop = new AbortController();
  const layers: number[] = [];
  const onLayer = ({ layer }: StreamedLayer) => {
    layers.push(layer);
    stop.abort();
  };
  const before = tf.memory().numTensors;
  expect(await lossesOf(dpo(), pairs, streamedReference(folderFiles(folder), { onLayer }), stop.signal)).toEqual([]);
  expect(layers).toEqual([1]);
  expect(tf.memory().numTensors).toBe(before);
});

test('what goes wrong with its files is said by the run', async () => {
  const reference = streamedReference(folderFiles(join(folder, 'nowhere')));
  await expect(lossesOf(dpo(), pairs, reference)).rejects.toThrow('holds no config.json');
});
