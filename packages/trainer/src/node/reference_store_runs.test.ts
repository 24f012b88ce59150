import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bco, dpo, kto, type Loss } from '@halokit/losses';
import { cloneModel, createModel, disposeModel, modelFingerprint, readConfig } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Dataset } from '../dataset';
import { planBatches } from '../plan';
import { type Reference, referenceModel, remembered } from '../reference';
import { referenceRows } from '../reference_rows';
import { rmsprop } from '../rmsprop';
import { train } from '../train';
import { openReferenceStore } from './reference_store';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe.each(['cpu', 'onnxruntime'])('training on %s', (backend) => {
  const config = readConfig({
    ...{ model_type: 'gpt_neox', vocab_size: 30, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2 },
    ...{ max_position_embeddings: 8, initializer_range: 0.3 },
  });
  const prompts = Array.from({ length: 12 }, (_, i) => Int32Array.of(1, 2 + (i % 6)));
  // The longest KL rows are cut at the model's context.
  const response = (i: number) => Int32Array.from({ length: 1 + (i % 6) }, (_, t) => (i * 5 + t * 3) % 30);
  const pairs: Dataset = {
    feedback: 'preferences',
    examples: prompts.map((prompt, i) => ({ prompt, chosen: response(i), rejected: response(i + 5) })),
  };
  const thumbs: Dataset = {
    feedback: 'binary',
    examples: pairs.examples.flatMap(({ prompt, chosen, rejected }) => [
      { prompt, response: chosen, desirable: true },
      { prompt, response: rejected, desirable: false },
    ]),
  };
  beforeEach(async () => {
    await tf.setBackend(backend);
  });

  /** Two epochs: metrics of all steps but their speed, the weights' bytes, and how many rows the model was asked for. */
  async function run(loss: Loss, dataset: Dataset, stored: boolean) {
    const policy = createModel(config, { seed: 3 });
    const start = cloneModel(policy);
    const kl = loss.needs?.kl === true;
    const plan = await planBatches(dataset, { seed: 1, batchSize: 8, microbatchSize: 4, epochs: 2, kl });
    let rows = 0;
    const counted: Reference = {
      async logps(asked) {
        rows += asked.length;
        return referenceModel(start, { rowsAtOnce: 4 }).logps(asked);
      },
    };
    let reference = remembered(counted);
    if (stored) {
      const store = await openReferenceStore(folder, { model: await modelFingerprint(policy) });
      for await (const _ of store.ask(counted, referenceRows(loss, dataset, plan, config.maxPositionEmbeddings)));
      reference = store.reference;
      disposeModel(start);
    }
    const optimizer = rmsprop();
    const metrics: object[] = [];
    for await (const event of train({ policy, reference, loss, dataset, plan, optimizer, learningRate: 1e-2 })) {
      metrics.push({ ...event.metrics, tokens_per_second: 0 });
    }
    const weights = await Promise.all([...policy.weights.values()].map((weight) => weight.data()));
    for (const model of stored ? [policy] : [policy, start]) disposeModel(model);
    optimizer.dispose();
    return { metrics, weights, rows };
  }

  test.each([
    ['kto', kto(), thumbs],
    ['bco', bco(), thumbs],
    ['dpo', dpo(), pairs],
  ] as const)('%s: the bits of a remembered reference, which a second run does not need', async (_, loss, dataset) => {
    const before = tf.memory().numTensors;
    const usual = await run(loss, dataset, false);
    const [first, second] = [await run(loss, dataset, true), await run(loss, dataset, true)];
    for (const { metrics, weights } of [first, second]) {
      expect(metrics).toEqual(usual.metrics);
      expect(weights).toEqual(usual.weights);
    }
    expect([first.rows, second.rows]).toEqual([usual.rows, 0]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('KTO and DPO share the rows that they have in common', async () => {
    const { rows: ofDpo } = await run(dpo(), pairs, true);
    // A prompt with the response to another, and the responses of 12 pairs.
    const alone = new Set(thumbs.examples.map(({ prompt, response }) => `${prompt}|${response}`)).size;
    expect(ofDpo).toBe(alone);
    const { rows: ofKto } = await run(kto(), thumbs, true);
    const usual = await run(kto(), thumbs, false);
    expect(ofKto).toBeLessThanOrEqual(usual.rows - alone);
    expect(ofKto).toBeGreaterThan(0);
  });

  test('a loss without a reference asks for nothing', async () => {
    const plan = await planBatches(pairs, { seed: 1, batchSize: 4, microbatchSize: 4, epochs: 1, kl: false });
    expect(referenceRows({}, pairs, plan)).toEqual([]);
    expect(referenceRows(dpo(), pairs, plan).flat().length).toBe(24);
  });
});
