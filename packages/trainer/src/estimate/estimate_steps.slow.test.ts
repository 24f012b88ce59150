import '@tensorflow/tfjs';
import { kto, sft } from '@halokit/losses';
import { preset, presetNames } from '@halokit/models';
import { describe, expect, test } from 'vitest';
import { measureSteps, type StepJob } from '../../test/measured_steps';
import { estimateSteps } from './estimate_steps';

/** A small `config.json`. */
function config(family: 'gpt_neox' | 'llama', layers: number, width: number, vocabulary: number, more: object = {}) {
  return {
    ...{ model_type: family, num_hidden_layers: layers, hidden_size: width, num_attention_heads: width / 64 },
    ...{ vocab_size: vocabulary, intermediate_size: 4 * width, max_position_embeddings: 2048 },
    ...more,
  };
}

const neox = (layers: number, width: number, vocabulary: number) => config('gpt_neox', layers, width, vocabulary);
const llama = (layers: number, width: number, vocabulary: number, keyValueHeads: number) =>
  config('llama', layers, width, vocabulary, { intermediate_size: 704, num_key_value_heads: keyValueHeads });

const jobs: readonly (readonly [string, StepJob])[] = [
  [
    'KTO, long rows, microbatches of 2',
    { config: neox(4, 256, 2048), method: 'kto', prompt: 384, response: 128, batchSize: 4, microbatchSize: 2 },
  ],
  [
    'KTO with AdamW, one row at a time, many words',
    {
      ...{ config: neox(2, 256, 16384), method: 'kto', optimizer: 'adamw' },
      ...{ prompt: 256, response: 128, batchSize: 4, microbatchSize: 1 },
    },
  ],
  [
    'KTO whose reference is asked before, many words',
    {
      ...{ config: neox(4, 256, 16384), method: 'kto', askedBefore: true },
      ...{ prompt: 128, response: 64, batchSize: 4, microbatchSize: 2 },
    },
  ],
  [
    'DPO, shared heads, responses that share their prompt',
    { config: llama(3, 256, 2048, 2), method: 'dpo', prompt: 128, response: 128, batchSize: 8, microbatchSize: 4 },
  ],
  [
    'KTO, the whole batch at once',
    { config: llama(3, 256, 8192, 1), method: 'kto', prompt: 64, response: 64, batchSize: 16, microbatchSize: 16 },
  ],
  [
    'SFT, few tokens: weights are all',
    { config: llama(6, 384, 4096, 2), method: 'sft', prompt: 16, response: 16, batchSize: 2, microbatchSize: 2 },
  ],
  [
    'SFT, logits too many to keep',
    { config: neox(2, 128, 50304), method: 'sft', prompt: 64, response: 700, batchSize: 2, microbatchSize: 2 },
  ],
  ...[true, 3].flatMap((gradientCheckpointing): (readonly [string, StepJob])[] => [
    [
      `KTO, every layer (or third) computed again: ${gradientCheckpointing}`,
      {
        ...{ config: neox(8, 256, 2048), method: 'kto', gradientCheckpointing },
        ...{ prompt: 384, response: 128, batchSize: 4, microbatchSize: 2 },
      },
    ],
    [
      `DPO, shared heads, every layer (or third) computed again: ${gradientCheckpointing}`,
      {
        ...{ config: llama(7, 256, 2048, 2), method: 'dpo', gradientCheckpointing },
        ...{ prompt: 128, response: 128, batchSize: 8, microbatchSize: 4 },
      },
    ],
  ]),
  [
    'KTO with a reference in bfloat16, one row at a time, many words',
    {
      ...{ config: neox(2, 256, 16384), method: 'kto', copyStorage: 'bfloat16' },
      ...{ prompt: 256, response: 128, batchSize: 4, microbatchSize: 1 },
    },
  ],
  [
    'an adapter with dropout, KTO, long rows',
    {
      ...{ config: neox(4, 256, 2048), method: 'kto', adapter: { rank: 16, dropout: 0.05 } },
      ...{ prompt: 384, response: 128, batchSize: 4, microbatchSize: 2 },
    },
  ],
  [
    'an adapter of a few linear layers with AdamW, DPO, few tokens',
    {
      ...{ config: llama(6, 384, 4096, 2), method: 'dpo', optimizer: 'adamw' },
      adapter: { rank: 4, dropout: 0, targets: ['q_proj', 'v_proj'] },
      ...{ prompt: 16, response: 16, batchSize: 2, microbatchSize: 2 },
    },
  ],
  [
    'an adapter of a model in float16, many words, SFT',
    {
      ...{ config: neox(4, 256, 16384), method: 'sft', adapter: { rank: 8, dropout: 0 }, storage: 'float16' },
      ...{ prompt: 384, response: 128, batchSize: 4, microbatchSize: 2 },
    },
  ],
  [
    'an adapter, many words, SFT',
    {
      ...{ config: neox(2, 256, 16384), method: 'sft', adapter: { rank: 8, dropout: 0 } },
      ...{ prompt: 64, response: 128, batchSize: 4, microbatchSize: 2 },
    },
  ],
];

describe('against what the arena of the onnxruntime backend counts', () => {
  test.each(jobs)('%s', async (_, job) => {
    const { estimate, arena } = await measureSteps(job);
    // Counts of bytes do not depend on the machine, so a part forgotten shows: none of these is off by 5 %.
    const ratio = estimate.memory.bytes / arena.mostInUse;
    expect(ratio, `${estimate.memory.bytes} estimated, ${arena.mostInUse} counted`).toBeGreaterThan(0.95);
    expect(ratio, `${estimate.memory.bytes} estimated, ${arena.mostInUse} counted`).toBeLessThan(1.05);
  });
});

const one = { rows: 1, tokens: 8, predictions: 4 };
const passes = { reference: [], policy: [], training: [one] };

test('the arithmetic of a step, by hand', () => {
  const { work, parameters } = estimateSteps({ config: preset('pythia-70m'), loss: sft(), slots: 1, copy: false }, [
    passes,
  ]);
  expect(parameters).toBe(70_426_624);
  // Each layer's four matrices hold 12 width^2; attention has 8 heads of 64.
  const layers = 2 * (6 * 12 * 512 ** 2) * 8 + 4 * 6 * 8 * 64 * 8 ** 2;
  const vocabulary = 2 * 50304 * 512 * 4;
  expect(work.flops).toEqual({ reference: 0, policy: 0, training: 3 * (layers + vocabulary) });
  const plain = { reference: [one, one], policy: [one], training: [one] };
  const kl = estimateSteps({ config: preset('pythia-70m'), loss: kto(), slots: 1, copy: true }, [plain]);
  expect(kl.work.flops.reference).toBe(2 * (layers + vocabulary));
  expect(kl.work.flops.policy).toBe(layers + vocabulary);
});

test('an adapter takes gradients, state and a copy of its own numbers alone, and spares the matrices’ gradients', () => {
  const facts = { config: preset('pythia-70m'), loss: sft(), slots: 2, copy: true };
  const [full, lora] = [undefined, { rank: 8, dropout: 0 }].map((adapter) =>
    estimateSteps({ ...facts, adapter }, [passes]),
  );
  // A and B of four linear layers in each of six.
  const own = 6 * 8 * (512 + 1536 + (512 + 512) + 2 * (512 + 2048));
  expect(lora?.parameters).toBe(70_426_624 + own);
  expect(lora?.memory.parts).toMatchObject({ weights: 4 * (70_426_624 + own), copy: 4 * own, optimizer: 8 * own });
  const frozen = 2 * (6 * 12 * 512 ** 2) * 8 + 2 * 50304 * 512 * 4;
  expect(lora?.work.flops.training).toBe((full?.work.flops.training as number) - frozen + 3 * 2 * own * 8);
});

test('layers computed again, by hand', () => {
  const facts = { config: preset('pythia-70m'), loss: sft(), slots: 1, copy: false };
  const training = (gradientCheckpointing: boolean | number) =>
    estimateSteps({ ...facts, gradientCheckpointing }, [passes]).work.flops.training;
  const layers = 2 * (6 * 12 * 512 ** 2) * 8 + 4 * 6 * 8 * 64 * 8 ** 2;
  // The last of a layer's products is read by the layer behind it: by none, where each is computed again by itself.
  const last = 2 * 4 * 512 ** 2 * 8;
  expect(training(true) - training(false)).toBe(layers - 6 * last);
  expect(training(4) - training(false)).toBe(layers - 2 * last);
});

test('what is always there, by hand', () => {
  const facts = { config: preset('pythia-1.4b'), loss: kto(), slots: 2, copy: true };
  const { memory } = estimateSteps(facts, [passes]);
  const weights = 4 * 1_414_647_808;
  // On one short row, gradients weigh more than activations do.
  expect(memory).toMatchObject({
    moment: 'the update',
    bytes: 5 * weights,
    parts: { weights, copy: weights, optimizer: 2 * weights, gradients: weights, activations: 0, working: 0 },
  });
  // Without a copy the first update weighs more: the embeddings, their gradient and state are there in their old and their
  // new form (2 more matrices), while the state of the vocabulary matrix is still to come (1 less).
  const first = estimateSteps({ ...facts, slots: 1, copy: false }, [passes]).memory;
  expect(first).toMatchObject({ moment: 'the first update', bytes: 3 * weights + 4 * 50304 * 2048 });
  // Of each layer, 4 norms and 9 width of biases are no matrix's, and 2 of the last norm.
  const vectors = 4 * (24 * 13 + 2) * 2048;
  const { parts } = estimateSteps({ ...facts, copyStorage: 'bfloat16' }, [passes]).memory;
  expect(parts.copy).toBe((weights + vectors) / 2);
});

test('the step that holds most counts, and all steps are added up', () => {
  const long = { ...passes, training: [{ rows: 4, tokens: 1024, predictions: 2048 }] };
  const facts = { config: preset('pythia-70m'), loss: sft(), slots: 1, copy: true };
  const [short, most, both] = [[passes], [long], [passes, long]].map((steps) => estimateSteps(facts, steps));
  expect(both?.memory).toEqual(most?.memory);
  expect(both?.work.bytes).toBeCloseTo((short?.work.bytes ?? 0) + (most?.work.bytes ?? 0), -3);
  expect(() => estimateSteps(facts, [])).toThrow('There are no steps to estimate');
});

test.each(presetNames)('%s is estimated from its sizes alone', (name) => {
  const estimate = estimateSteps({ config: preset(name), loss: kto(), slots: 1, copy: true }, [passes]);
  // Policy, reference, state and gradients are float32, whatever else there is.
  expect(estimate.memory.bytes).toBeGreaterThanOrEqual(16 * estimate.parameters);
  expect(estimate.memory.bytes).toBeLessThan(21 * estimate.parameters);
});
