import '@tensorflow/tfjs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { freshEngine } from '../test/fresh_engine';
import { addAdapter } from './adapters/add_adapter';
import { type CausalLM, createModel, disposeModel } from './causal_lm';
import { readConfig } from './families/families';
import { loadCheckpoint, saveCheckpoint } from './node';
import { rowOutputs } from './rows/row_outputs';
import { logpRows } from './rows/token_logps';
import type { TokenRow } from './rows/token_row';
import type { Storage } from './storage/storage';

// Bytes are those that ONNX Runtime's arena counts: the same in every run.

function sizes(layers: number, width: number, vocabulary: number) {
  return {
    ...{ model_type: 'gpt_neox', hidden_size: width, intermediate_size: 4 * width, vocab_size: vocabulary },
    ...{ num_hidden_layers: layers, num_attention_heads: 8, max_position_embeddings: 512 },
  };
}

function rowsOf(count: number, tokens: number): TokenRow[] {
  const ids = (row: number, length: number) => Int32Array.from({ length }, (_, i) => (7 * i + 13 * row) % 61);
  return Array.from({ length: count }, (_, row) => ({ prompt: ids(row, tokens - 10), response: ids(row + 1, 10) }));
}

const bytesOf = ({ weights }: CausalLM) => [...weights.values()].reduce((sum, { size }) => sum + 4 * size, 0);

describe('gradient checkpointing', () => {
  const [width, tokens] = [128, 4 * 128];
  const rows = rowsOf(4, 128);

  /** The most bytes in a second step beyond weights and gradients, which are all there at its end. */
  async function beyondGradients(layers: number, gradientCheckpointing: boolean | number): Promise<number> {
    const engine = await freshEngine();
    const model = createModel(readConfig(sizes(layers, width, 64)), { seed: 1 });
    for (let step = 0; step < 2; step++) {
      const { value, grads } = tf.variableGrads(
        () => tf.sum(rowOutputs(model, rows, ['logps'], { gradientCheckpointing }).logps.tokens) as tf.Scalar,
      );
      await value.data();
      tf.dispose([value, ...Object.values(grads)]);
    }
    const peak = engine.arena.mostInUse - 2 * bytesOf(model);
    disposeModel(model);
    return peak;
  }

  test('the peak does not grow with the number of layers, but by their inputs', async () => {
    const inputs = 4 * tokens * width;
    const few = await beyondGradients(4, true);
    for (const layers of [8, 16, 24]) {
      const peak = await beyondGradients(layers, true);
      expect(peak - few, `${layers} layers`).toBeLessThanOrEqual((layers - 4) * inputs);
    }
    // Without, every layer adds what its backward pass needs: 15 numbers for each of its inputs, and attention's shares.
    const [shallow, deep] = [await beyondGradients(4, false), await beyondGradients(16, false)];
    expect((deep - shallow) / 12).toBeGreaterThan(15 * inputs);
    expect(deep).toBeGreaterThan(6 * few);
    // Every fourth input is kept, and four layers are computed again at once.
    const every4 = await beyondGradients(16, 4);
    expect(every4).toBeGreaterThan(few);
    expect(every4).toBeLessThan(deep / 2);
  });
});

describe.each(['float16', 'bfloat16'] as const)('a frozen model in %s', (storage) => {
  const [width, vocabulary] = [256, 16384];
  const [layer, vocabularyBlock] = [4 * 12 * width ** 2, 4 * 8192 * width];
  const rows = rowsOf(2, 32);
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stored-'));
    await tf.setBackend('cpu');
    for (const layers of [4, 16]) {
      const model = createModel(readConfig(sizes(layers, width, vocabulary)), { seed: 1 });
      await saveCheckpoint(model, join(folder, String(layers)));
      disposeModel(model);
    }
    return () => rm(folder, { recursive: true });
  });

  /** Bytes of a model as it is kept, and the most that using it adds to them. */
  async function used(
    layers: number,
    options: { storage?: Storage },
    use: (model: CausalLM) => Promise<unknown>,
  ): Promise<{ kept: number; more: number }> {
    const engine = await freshEngine();
    const model = await loadCheckpoint(join(folder, String(layers)), { trainable: false, ...options });
    await use(model);
    const kept = bytesOf(model);
    const more = engine.arena.mostInUse - kept;
    disposeModel(model);
    return { kept, more };
  }

  test('takes half the memory, and little more while it is used, however many layers it has', async () => {
    const more: number[] = [];
    for (const layers of [4, 16]) {
      const whole = await used(layers, {}, (model) => logpRows(model, rows));
      const stored = await used(layers, { storage }, (model) => logpRows(model, rows));
      // Norms and biases, 15 vectors a layer, are not halved.
      expect(stored.kept).toBeLessThan(whole.kept / 2 + 4 * 15 * width * (layers + 1));
      more.push(stored.more);
    }
    const [few, many] = more as [number, number];
    expect(few).toBeLessThan(Math.max(layer, vocabularyBlock) + 3e6);
    expect(Math.abs(many - few)).toBeLessThan(0.5e6);
  });

  test('is widened again for the gradients of an adapter, and not kept for them', async () => {
    const train = async (model: CausalLM) => {
      const policy = addAdapter(model, { seed: 1, rank: 1, targets: ['mlp.dense_h_to_4h'], dropout: 0 });
      const { value, grads } = tf.variableGrads(
        () => tf.sum(rowOutputs(policy, rows, ['logps']).logps.tokens) as tf.Scalar,
        [...policy.weights.values()],
      );
      await value.data();
      const added = [...policy.weights].filter(([name]) => !model.weights.has(name)).map(([, weight]) => weight);
      tf.dispose([value, ...Object.values(grads).filter(Boolean), ...added]);
    };
    const [few, many] = [await used(4, { storage }, train), await used(16, { storage }, train)];
    // What the backward pass keeps of 64 tokens: 15 numbers for each of their inputs, and attention's shares.
    expect((many.more - few.more) / 12).toBeLessThan(layer / 2);
  });
});
