import '@tensorflow/tfjs';
import { kto } from '@halokit/losses';
import { createModel, disposeModel, logpRows, passShape, preset, readConfig } from '@halokit/models';
import { describe, expect, test } from 'vitest';
import { freshBackend } from '../../test/measured_steps';
import { estimateSteps } from './estimate_steps';
import { estimateReferencePass } from './reference_pass';
import { estimateStreamedPass } from './streamed_pass';

// Pythia-70m: 6 layers of 12 width^2 and 13 width, 2 more width, and twice 50304 width.
const [width, vocabulary] = [512, 50304];
const facts = { config: preset('pythia-70m'), loss: kto(), slots: 1, copy: false };
const weights = 4 * (6 * (12 * width ** 2 + 13 * width) + 2 * width + 2 * vocabulary * width);
const pass = { rows: 2, tokens: 1024, predictions: 100 };
// Scores of 8 heads and what becomes of them, their mask, and 9 width of each token.
const attention = 4 * (2 * 2 * 8 * 1024 ** 2 + 1024 ** 2 + 2 * 1024 * 9 * width);

describe('a pass by the model itself, by hand', () => {
  test('takes the model and what one pass makes, and a copy where that is rounded', () => {
    const { memory, work } = estimateReferencePass(facts, [pass]);
    expect(memory).toMatchObject({
      moment: 'the pass by the reference',
      parts: { weights, copy: 0, optimizer: 0, gradients: 0, working: attention + 4 * 2 * 1024 * 2 * width },
      bytes: weights + attention + 4 * 2 * 1024 * 2 * width,
    });
    const rounded = estimateReferencePass({ ...facts, copyStorage: 'bfloat16' }, [pass]).memory.parts;
    expect(rounded.copy).toBe(weights - 2 * (6 * 12 * width ** 2 + 2 * vocabulary * width));
    const forward = 2 * 6 * 12 * width ** 2 * 2048 + 4 * 6 * width * 2 * 1024 ** 2 + 2 * vocabulary * width * 100;
    expect(work.flops).toEqual({ reference: forward, policy: 0, training: 0 });
    // The pass goes through its activations and through no gradient or state.
    const kept = 7 * width + 2 * 4 * width + 4;
    expect(work.bytes).toBe(4 * 6 * 2048 * (3 * kept + 5 * 8 * 1024));
  });

  test('is less than a step of training on the same rows, so that no run needs more for it', () => {
    const steps = [{ reference: [], policy: [pass], training: [pass] }];
    const { memory } = estimateSteps(facts, steps);
    expect(estimateReferencePass(facts, [pass]).memory.bytes).toBeLessThan(memory.bytes);
    const kept = estimateSteps({ ...facts, copy: true }, steps).memory;
    expect(kept.bytes - memory.bytes).toBeLessThanOrEqual(weights);
    expect(kept.bytes - memory.bytes).toBeGreaterThan(0.5 * weights);
  });
});

describe('a streamed pass, by hand', () => {
  const layer = 4 * (12 * width ** 2 + 13 * width + (2 * width) / 6);
  const dense = 4 * 4 * width ** 2;

  test('holds the states of the largest reading, two layers and a matrix that is read', () => {
    const more = { ...pass, rows: 4 };
    const { memory, work } = estimateStreamedPass(facts, [[more, more, more], [more]]);
    const working = 4 * (2 * 4 * 8 * 1024 ** 2 + 1024 ** 2 + 4 * 1024 * 9 * width);
    expect(memory.moment).toBe('a layer of the streamed reference');
    expect(memory.parts).toMatchObject({ weights, states: 4 * 3 * 4096 * width, working });
    expect(memory.parts.read).toBeCloseTo(2 * layer + dense, 0);
    expect(work.flops.reference).toBe(4 * estimateReferencePass(facts, [more]).work.flops.reference);
  });

  test('of few tokens, holds the vocabulary and what is read of it', () => {
    const few = { rows: 1, tokens: 8, predictions: 4 };
    const matrix = 4 * vocabulary * width;
    const { memory } = estimateStreamedPass(facts, [[few]]);
    expect(memory.moment).toBe('the vocabulary of the streamed reference');
    expect(memory.parts.read).toBe(2 * matrix);
    expect(memory.parts.working).toBe(2 * 4 * 4 * vocabulary + 4 * 4 * width);
    // In 16 bits half of it, and a block of 8192 words that is widened.
    const stored = estimateStreamedPass(facts, [[few]], { filesIn: 'float16' }).memory;
    expect(stored.parts.read).toBe(matrix);
    expect(stored.parts.working).toBe(4 * (4 * vocabulary + 8192 * width) + 4 * 4 * width);
    // Two blocks, and the one that is being read.
    const blocks = estimateStreamedPass(facts, [[few]], { vocabularyBytes: 2e7 }).memory;
    expect(blocks.parts.read).toBe(3 * 2e7);
  });
});

test.each([
  ['attention is most', { model_type: 'gpt_neox', intermediate_size: 1024 }, 4, 512],
  ['one after the other', { model_type: 'gpt_neox', intermediate_size: 1024, use_parallel_residual: false }, 4, 768],
  ['a wide MLP is most', { model_type: 'gpt_neox', intermediate_size: 4096 }, 8, 128],
  ['shared heads', { model_type: 'llama', intermediate_size: 704, num_key_value_heads: 1 }, 4, 768],
  ['a gated MLP is most', { model_type: 'llama', intermediate_size: 1376 }, 8, 128],
])('a pass without gradient against what the arena counts: %s', async (_, sizes, rows, length) => {
  const engine = await freshBackend();
  const more = { vocab_size: 64, hidden_size: 256, num_hidden_layers: 2, num_attention_heads: 4 };
  const config = readConfig({ ...sizes, ...more, max_position_embeddings: 1024 });
  const model = createModel(config, { seed: 1 });
  const ids = (count: number, row: number) => Int32Array.from({ length: count }, (_, i) => (7 * i + 13 * row) % 61);
  const asked = Array.from({ length: rows }, (_, i) => ({ prompt: ids(length - 8, i), response: ids(8, i + 1) }));
  await logpRows(model, asked, { rowsAtOnce: rows });
  const { memory } = estimateReferencePass({ ...facts, config }, [passShape(asked)]);
  const counted = engine.arena.mostInUse;
  disposeModel(model);
  expect(memory.bytes / counted, `${memory.bytes} estimated, ${counted} counted`).toBeGreaterThan(0.9);
  expect(memory.bytes / counted, `${memory.bytes} estimated, ${counted} counted`).toBeLessThan(1.1);
});
