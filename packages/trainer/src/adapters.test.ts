import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { kto, sft } from '@halokit/losses';
import {
  addAdapter,
  addValueHead,
  type CausalLM,
  cloneModel,
  createModel,
  disposeModel,
  readConfig,
  withoutAdapter,
} from '@halokit/models';
import { loadCheckpoint } from '@halokit/models/node';
import { registerWasmKernels } from '@halokit/models/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { readAdapterTraces, startOf } from '../test/adapter_traces';
import { expectTrace } from '../test/expect_trace';
import { runTrace } from '../test/run_trace';
import { checkpointFolder } from '../test/trace_files';
import { tokenRows } from '../test/traces';
import { adamw } from './adamw';
import type { Dataset } from './dataset';
import { planBatches } from './plan';
import { referenceModel } from './reference';
import { trainStep } from './step';
import type { TokenBatch } from './token_batch';
import { type StepEvent, train } from './train';

registerWasmKernels();

const isOfAdapter = (name: string) => name.includes('.lora_');

describe.each(['cpu', 'wasm', 'onnxruntime'])('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  describe.each(['neox-parallel', 'llama-gqa'])('%s', (name) => {
    const traces = readAdapterTraces(name);
    const numbersOf = async ({ weights }: CausalLM) => {
      const frozen = [...weights].filter(([name]) => !isOfAdapter(name));
      return new Map(
        await Promise.all(frozen.map(async ([name, weight]) => [name, [...(await weight.data())]] as const)),
      );
    };

    test('SFT of an adapter, then KTO of it against the base with the adapter as SFT left it', async () => {
      const tensors = tf.memory().numTensors;
      const policy = startOf(await loadCheckpoint(checkpointFolder(name)), traces);
      const base = await numbersOf(policy);
      expectTrace(await runTrace(policy, traces.sft, 2), traces.sft);
      expectTrace(await runTrace(policy, traces.kto, 2), traces.kto);
      expect(await numbersOf(policy)).toEqual(base);
      disposeModel(policy);
      expect(tf.memory().numTensors).toBe(tensors);
    });

    test('against the base alone, KTO after SFT would have begun elsewhere', async () => {
      const policy = startOf(await loadCheckpoint(checkpointFolder(name)), traces);
      await runTrace(policy, traces.sft, 4);
      const { batch: rows, steps } = traces.kto;
      const target = tokenRows(rows.target as NonNullable<typeof rows.target>);
      const kl = tokenRows(rows.KL as NonNullable<typeof rows.KL>);
      const batch: TokenBatch = { feedback: 'binary', examples: 4, rows: target, desirable: rows.desirable, kl };
      for (const [frozen, expected] of [
        [withoutAdapter(policy), traces.kto_against_base],
        [cloneModel(policy), steps[0] as (typeof steps)[number]],
      ] as const) {
        const optimizer = adamw();
        const context = { policy, loss: kto({ beta: 0.1 }), reference: referenceModel(frozen), optimizer };
        // A rate of 0 moves nothing.
        const { metrics } = await trainStep(context, batch, [[0, 1, 2, 3]], 0, undefined);
        expect(Math.abs(metrics.loss - expected.loss)).toBeLessThan(1e-4);
        expect(Math.abs((metrics.kl as number) - (expected.KL as number))).toBeLessThan(1e-3);
        optimizer.dispose();
        disposeModel(frozen);
      }
      expect(Math.abs(traces.kto_against_base.loss - 0.5)).toBeGreaterThan(0.03);
      disposeModel(policy);
    });
  });
});

const config = readConfig({
  ...{ model_type: 'llama', vocab_size: 30, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2 },
  ...{ intermediate_size: 12, max_position_embeddings: 16, initializer_range: 0.3 },
});
const demonstrations: Dataset = {
  feedback: 'demonstrations',
  examples: Array.from({ length: 12 }, (_, i) => ({
    prompt: Int32Array.of(1, 2 + (i % 4)),
    response: Int32Array.from({ length: 1 + (i % 3) }, (_, t) => (i * 5 + t * 3) % 30),
  })),
};

/** Trains an adapter on demonstrations; gives its events, its optimiser's slots and its numbers. */
async function run(dropout: number, seed = 1, microbatchSize = 4) {
  const policy = addValueHead(addAdapter(createModel(config, { seed: 1 }), { seed: 2, rank: 2, dropout }), { seed: 3 });
  const settings = { seed, batchSize: 6, microbatchSize, epochs: 6, kl: false };
  const plan = await planBatches(demonstrations, settings);
  const optimizer = adamw({ weightDecay: 0.1 });
  const events: StepEvent[] = [];
  const options = { policy, loss: sft(), dataset: demonstrations, plan, optimizer, learningRate: 1e-2 };
  for await (const event of train(options)) events.push(event);
  const slots = Object.values(optimizer.state.slots).map((slot) => [...slot.keys()].sort());
  const numbers = Object.fromEntries([...policy.weights].map(([name, weight]) => [name, [...weight.dataSync()]]));
  optimizer.dispose();
  disposeModel(policy);
  return { losses: events.map(({ metrics }) => metrics.loss), events, slots, numbers };
}

describe('an adapter in training', () => {
  beforeAll(async () => {
    await tf.setBackend('onnxruntime');
  });

  test('is all that moves, that decays and that the optimiser keeps anything for', async () => {
    const before = tf.memory().numTensors;
    const { slots, numbers, losses, events } = await run(0);
    const own = Object.keys(numbers).filter(isOfAdapter).sort();
    expect(slots).toEqual([own, own]);
    const plain = createModel(config, { seed: 1 });
    for (const [name, weight] of plain.weights) expect(numbers[name], name).toEqual([...weight.dataSync()]);
    disposeModel(plain);
    expect(losses.at(-1)).toBeLessThan(0.9 * (losses[0] as number));
    expect(events.every(({ metrics }) => (metrics.grad_norm as number) > 0)).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('with dropout gives the same bits for the same seed, and others for another', async () => {
    const [first, again, other, without] = [await run(0.3), await run(0.3), await run(0.3, 2), await run(0)];
    expect(again.numbers).toEqual(first.numbers);
    expect(again.losses).toEqual(first.losses);
    expect(other.losses[0]).not.toBe(first.losses[0]);
    // B starts at 0, so the first loss knows of no draw; the batches are the same.
    expect(first.losses[0]).toBe(without.losses[0]);
    expect(first.losses[1]).not.toBe(without.losses[1]);
  });

  test('has a draw of its own for every update and every microbatch', async () => {
    const draws = async (updates: number, microbatches: number[][]) => {
      const policy = addAdapter(createModel(config, { seed: 1 }), { seed: 2, rank: 2, dropout: 0.3 });
      const optimizer = adamw();
      const row = { prompt: Int32Array.of(1, 2), response: Int32Array.of(3, 4) };
      const examples = microbatches.flat().length;
      const batch: TokenBatch = { feedback: 'demonstrations', examples, rows: Array(examples).fill(row) };
      const norms: number[] = [];
      for (let i = 0; i < updates; i++) {
        const { metrics } = await trainStep(
          { policy, loss: sft(), optimizer, seed: 1 },
          batch,
          microbatches,
          0,
          undefined,
        );
        norms.push(metrics.grad_norm as number);
      }
      optimizer.dispose();
      disposeModel(policy);
      return norms;
    };
    // At a rate of 0 nothing but the draw can differ from one update to the next.
    const [first, second] = await draws(2, [[0]]);
    expect(second).not.toBe(first);
    const [both] = await draws(1, [[0], [1]]);
    expect(both).not.toBeCloseTo(first as number, 6);
    expect(await draws(2, [[0]])).toEqual([first, second]);
  });
});
