import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProcess } from '@halokit/distributed';
import { kto } from '@halokit/losses';
import { type CausalLM, cloneModel, createModel, disposeModel, readConfig, readTensorFile } from '@halokit/models';
import { folderFiles } from '@halokit/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { adamw } from '../../adamw';
import type { Dataset } from '../../dataset';
import type { Communicator } from '../../parallel/communicator';
import { shardedOptimizer } from '../../parallel/sharded_optimizer';
import { sharedReference } from '../../parallel/shared_reference';
import { type BatchPlan, planBatches } from '../../plan';
import { referenceModel } from '../../reference';
import { train } from '../../train';
import { latestTraining } from './latest_training';
import { saveTraining } from './save_training';
import { optimizerFile } from './tensor_files';

let folder = '';
let plan: BatchPlan;
beforeAll(async () => {
  await tf.setBackend('onnxruntime');
  plan = await planBatches(dataset, { seed: 1, batchSize: 4, microbatchSize: 3, epochs: 2, kl: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'training-'));
  return () => rm(folder, { recursive: true, force: true });
});
afterAll(() => tf.setBackend('cpu'));

const config = readConfig({
  ...{ model_type: 'gpt_neox', vocab_size: 30, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2 },
  ...{ max_position_embeddings: 16, initializer_range: 0.3 },
});

const dataset: Dataset & { feedback: 'binary' } = {
  feedback: 'binary',
  examples: Array.from({ length: 12 }, (_, i) => ({
    prompt: Int32Array.of(1, 2 + (i % 6)),
    response: Int32Array.from({ length: 1 + (i % 4) }, (_, t) => (i * 5 + t * 3) % 30),
    desirable: i % 3 !== 0,
  })),
};

interface Part {
  /** 0 is a process without a communicator. */
  readonly ranks: number;
  readonly sharded?: boolean;
  /** The last step that is made. */
  readonly until: number;
  /** Where it is saved; default: `folder`. */
  readonly into?: string;
}

/** Goes on from what is in `folder`, saves after each step, and leaves each rank's weights. */
async function goOn({ ranks, sharded = false, until, into = folder }: Part): Promise<Buffer[][]> {
  const before = tf.memory().numTensors;
  const all = ranks === 0 ? [undefined] : inProcess(ranks);
  const weights = await Promise.all(all.map((communicator) => oneRank(communicator, { sharded, until, into })));
  expect(tf.memory().numTensors).toBe(before);
  return weights;
}

async function oneRank(communicator: Communicator | undefined, part: Omit<Part, 'ranks'>): Promise<Buffer[]> {
  const policy = createModel(config, { seed: 3 });
  const start = cloneModel(policy);
  const optimizer = part.sharded && communicator ? shardedOptimizer(adamw(), communicator) : adamw();
  const run = { policy, optimizer, loss: kto(), plan };
  const reference = communicator ? sharedReference(referenceModel(start), communicator) : referenceModel(start);
  const saved = await latestTraining(folder, run);
  await saved?.restore(run);
  const options = { dataset, reference, learningRate: 3e-3, communicator, from: saved?.state };
  for await (const { state } of train({ ...run, ...options })) {
    await saveTraining(part.into ?? folder, { ...run, state, communicator }).catch((error) => {
      // The disk is rank 0's.
      expect(communicator?.rank).toBe(0);
      expect(error.code).toBe('EEXIST');
    });
    if (state.step === part.until) break;
  }
  const numbers = await numbersOf(policy);
  for (const model of [policy, start]) disposeModel(model);
  optimizer.dispose();
  return numbers;
}

async function numbersOf({ weights }: CausalLM): Promise<Buffer[]> {
  return Promise.all([...weights.values()].map(async (weight) => Buffer.from((await weight.data()).slice().buffer)));
}

/** How far two lists of weights are from each other, where keys' biases, whose gradient is rounding, count for nothing. */
function distance(a: readonly Buffer[] = [], b: readonly Buffer[] = []): number {
  const names = [...createModel(config, { seed: 3 }).weights.keys()];
  return a.reduce((most, numbers, i) => {
    if (names[i]?.endsWith('query_key_value.bias')) return most;
    const [x, y] = [numbers, b[i] as Buffer].map((bytes) => new Float32Array(new Uint8Array(bytes).buffer));
    return Math.max(most, ...(x ?? []).map((value, k) => Math.abs(value - (y?.[k] as number))));
  }, 0);
}

test.each([false, true])('goes on to the same bits on as many ranks, state divided: %s', async (sharded) => {
  const [whole] = await goOn({ ranks: 3, sharded, until: 6 });
  await rm(folder, { recursive: true });
  await goOn({ ranks: 3, sharded, until: 2 });
  for (const weights of await goOn({ ranks: 3, sharded, until: 6 })) expect(weights).toEqual(whole);
  expect((await readdir(folder)).sort()).toEqual(['step-000005', 'step-000006']);
});

test('any number of ranks goes on from a checkpoint of any other', async () => {
  const [alone] = await goOn({ ranks: 0, until: 6 });
  await rm(folder, { recursive: true });
  await goOn({ ranks: 5, sharded: true, until: 1 });
  await goOn({ ranks: 2, until: 2 });
  await goOn({ ranks: 0, until: 3 });
  await goOn({ ranks: 3, sharded: true, until: 4 });
  await goOn({ ranks: 2, sharded: true, until: 5 });
  const [other] = await goOn({ ranks: 0, until: 6 });
  expect(distance(alone, other)).toBeLessThan(2e-5);
});

test('the file of a divided state is that of a whole one', async () => {
  const tensors = async () => {
    const list = [];
    for await (const { name, shape, numbers } of readTensorFile(
      folderFiles(join(folder, 'step-000001')),
      optimizerFile,
    )) {
      list.push({ name, shape, sum: numbers.reduce((sum, x) => sum + Math.abs(x), 0) });
    }
    return list;
  };
  await goOn({ ranks: 0, until: 1 });
  const whole = await tensors();
  await rm(folder, { recursive: true });
  await goOn({ ranks: 3, sharded: true, until: 1 });
  const divided = await tensors();
  expect(divided.map(({ name, shape }) => [name, shape])).toEqual(whole.map(({ name, shape }) => [name, shape]));
  for (const [i, { sum }] of divided.entries()) expect(sum).toBeCloseTo(whole[i]?.sum as number, 5);
});

test('ranks do not wait for one that cannot write', async () => {
  const into = join(folder, 'file');
  await writeFile(into, '');
  const [first, second] = await goOn({ ranks: 2, sharded: true, until: 2, into });
  expect(first).toEqual(second);
});
