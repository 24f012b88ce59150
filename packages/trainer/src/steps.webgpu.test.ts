// A step of training on a graphics processor: nothing of it is left to the processor, and of its numbers only tokens go up and
// only what is reported comes down.
import { createLoss, type LossName } from '@halokit/losses';
import {
  addAdapter,
  addValueHead,
  type CausalLM,
  cloneModel,
  createModel,
  disposeModel,
  readConfig,
} from '@halokit/models';
import { livingHandles, type OnnxRuntimeBackend } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { adamw } from './adamw';
import { referenceModel } from './reference';
import { rmsprop } from './rmsprop';
import { attemptStep } from './step';
import type { TokenBatch } from './token_batch';

const sizes = {
  vocab_size: 601,
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  initializer_range: 0.1,
};
const families = {
  pythia: { ...sizes, model_type: 'gpt_neox', intermediate_size: 256, rotary_pct: 0.25, max_position_embeddings: 64 },
  llama: {
    ...sizes,
    model_type: 'llama',
    intermediate_size: 192,
    num_key_value_heads: 2,
    max_position_embeddings: 64,
  },
};
const optimizers = { rmsprop: () => rmsprop(), adamw: () => adamw({ weightDecay: 0.1 }) };

interface Run {
  readonly method: LossName;
  readonly family: keyof typeof families;
  readonly optimizer: keyof typeof optimizers;
  readonly gradientCheckpointing?: boolean;
  readonly lora?: boolean;
}

const runs: readonly Run[] = [
  { method: 'sft', family: 'pythia', optimizer: 'adamw' },
  { method: 'kto', family: 'pythia', optimizer: 'rmsprop' },
  { method: 'kto', family: 'llama', optimizer: 'adamw', gradientCheckpointing: true },
  { method: 'dpo', family: 'llama', optimizer: 'rmsprop' },
  { method: 'dpo', family: 'pythia', optimizer: 'adamw', lora: true },
  { method: 'ppo', family: 'pythia', optimizer: 'rmsprop' },
];

/** Tokens of one length, which no other row begins with. */
const tokens = (length: number, seed: number) => Int32Array.from({ length }, (_, t) => (seed * 97 + t * 31 + 7) % 601);
const rowsFrom = (first: number) =>
  Array.from({ length: 8 }, (_, i) => ({ prompt: tokens(6, first + i), response: tokens(5, first + i + 50) }));

function batchFor({ method }: Run): TokenBatch {
  const rows = rowsFrom(0);
  if (method === 'sft') return { feedback: 'demonstrations', examples: 8, rows };
  if (method === 'dpo') return { feedback: 'preferences', examples: 4, rows };
  const desirable = rows.map((_, i) => i % 2 === 0);
  const binary = { feedback: 'binary', examples: 8, rows, desirable } as const;
  return method === 'kto' ? { ...binary, kl: rowsFrom(20) } : binary;
}

function policyOf({ family, method, lora }: Run): CausalLM {
  const model = createModel(readConfig(families[family]), { seed: 1 });
  const headed = method === 'ppo' ? addValueHead(model, { seed: 2 }) : model;
  return lora ? addAdapter(headed, { seed: 3, rank: 4, dropout: 0.1 }) : headed;
}

let engine: OnnxRuntimeBackend;

beforeAll(async () => {
  await tf.setBackend('onnxruntime');
  engine = tf.backend() as OnnxRuntimeBackend;
});

const nameOf = ({ method, family, optimizer, ...more }: Run) =>
  [method, family, optimizer, ...Object.keys(more)].join(' ');

test.each(runs.map((run) => [nameOf(run), run] as const))('%s', async (_, run) => {
  const policy = policyOf(run);
  const frozen = cloneModel(policy);
  const optimizer = optimizers[run.optimizer]();
  const { gradientCheckpointing } = run;
  const context = {
    policy,
    reference: referenceModel(frozen),
    loss: createLoss(run.method),
    optimizer,
    maxGradNorm: 1,
    gradientCheckpointing,
  };
  const batch = batchFor(run);
  const halves =
    batch.examples === 4
      ? [
          [0, 1],
          [2, 3],
        ]
      : [
          [0, 1, 2, 3],
          [4, 5, 6, 7],
        ];
  let state: unknown;
  const step = async () => {
    const { updated, lossState } = await attemptStep(context, batch, halves, 1e-4, state);
    state = lossState;
    expect(updated).toBe(true);
    await engine.flush();
    return { tensors: tf.memory().numTensors, handles: livingHandles().tensor };
  };
  // The first ones make state and sessions.
  for (let i = 0; i < 3; i++) await step();
  const before = await step();
  const counted = { ...engine.statistics };
  expect(await step()).toEqual(before);
  const spent = (name: keyof typeof counted) => engine.statistics[name] - counted[name];

  expect(engine.leftToCpu).toEqual([]);
  // Tokens, masks, places and numbers, and what an adapter drops, which is drawn here.
  expect(spent('uploadedBytes')).toBeLessThan(run.lora ? 1 << 17 : 1 << 15);
  expect(spent('readBackBytes')).toBeLessThan(1 << 11);
  // Matrices, and what the optimiser keeps for each.
  const matrices = [...policy.weights.values()].filter(({ trainable, size }) => trainable && size >= 1 << 14);
  const slots = Object.keys(optimizer.state.slots).length;
  expect(spent('inPlace')).toBeGreaterThanOrEqual(matrices.length * (1 + slots));

  for (const model of [policy, frozen]) disposeModel(model);
  optimizer.dispose();
});
