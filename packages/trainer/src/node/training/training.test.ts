import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bco, kto, type Loss, ppo } from '@halokit/losses';
import {
  addAdapter,
  addValueHead,
  type CausalLM,
  cloneModel,
  createModel,
  disposeModel,
  readConfig,
} from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adamw } from '../../adamw';
import type { Dataset } from '../../dataset';
import type { Optimizer } from '../../optimizer';
import { planBatches } from '../../plan';
import { referenceModel } from '../../reference';
import { rmsprop } from '../../rmsprop';
import { warmupCosine } from '../../schedule';
import { type StepEvent, train } from '../../train';
import { openMetricsFile } from '../metrics_file';
import { latestTraining } from './latest_training';
import { saveTraining } from './save_training';

let folder = '';
beforeAll(() => tf.setBackend('onnxruntime'));
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

const settings = { seed: 1, batchSize: 4, microbatchSize: 3, epochs: 2 };

interface Case {
  readonly loss: () => Loss;
  readonly optimizer: () => Optimizer;
  readonly adapted?: (model: CausalLM) => CausalLM;
}

const cases: Readonly<Record<string, Case>> = {
  'BCO’s running mean, AdamW': { loss: () => bco(), optimizer: adamw },
  'KTO of an adapter with dropout, AdamW': {
    loss: () => kto(),
    optimizer: adamw,
    adapted: (model) => addAdapter(model, { seed: 2, rank: 2, dropout: 0.3 }),
  },
  'PPO with a value head, RMSprop': {
    loss: () => ppo(),
    optimizer: rmsprop,
    adapted: (model) => addValueHead(model, { seed: 2 }),
  },
};

/** A model, an optimiser and all else that a process makes anew before it goes on. */
async function begin({ loss, optimizer: make, adapted = (model) => model }: Case, more: Partial<typeof settings> = {}) {
  const base = createModel(config, { seed: 3 });
  const reference = cloneModel(base);
  const policy = adapted(base);
  const plan = await planBatches(dataset, { ...settings, kl: true, ...more });
  const run = { policy, optimizer: make(), loss: loss(), plan };
  const options = { dataset, reference: referenceModel(reference), learningRate: 3e-3, schedule: warmupCosine(2) };
  const end = () => {
    for (const model of [policy, reference]) disposeModel(model);
    run.optimizer.dispose();
  };
  return { run, options, end };
}

async function numbersOf({ weights }: CausalLM): Promise<Buffer[]> {
  return Promise.all([...weights.values()].map(async (weight) => Buffer.from((await weight.data()).slice().buffer)));
}

const told = ({ step, metrics: { tokens_per_second: _, ...metrics }, state }: StepEvent) => ({ step, metrics, state });

describe.each(Object.entries(cases))('%s', (_, what) => {
  test('goes on from any step to the same bits as if it had not stopped', async () => {
    const tensors = tf.memory().numTensors;
    const whole = await begin(what);
    const events: ReturnType<typeof told>[] = [];
    for await (const event of train({ ...whole.run, ...whole.options })) events.push(told(event));
    const numbers = await numbersOf(whole.run.policy);
    whole.end();
    expect(events).toHaveLength(6);

    // Each step in what could be a process of its own.
    const seen: ReturnType<typeof told>[] = [];
    for (let step = 0; step < events.length; step++) {
      const { run, options, end } = await begin(what);
      const saved = await latestTraining(folder, run);
      expect(saved?.state.step).toBe(step === 0 ? undefined : step);
      await saved?.restore(run);
      for await (const event of train({ ...run, ...options, from: saved?.state })) {
        seen.push(told(event));
        await saveTraining(folder, { ...run, state: event.state });
        break;
      }
      if (step === events.length - 1) expect(await numbersOf(run.policy)).toEqual(numbers);
      end();
    }
    expect(seen).toEqual(events);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

/** Runs and saves after every step. */
async function savedRun(keep?: number) {
  const what = cases['BCO’s running mean, AdamW'] as Case;
  const { run, options, end } = await begin(what);
  for await (const { state } of train({ ...run, ...options })) await saveTraining(folder, { ...run, state, keep });
  end();
  return begin(what);
}

describe('what is kept', () => {
  test('the newest, and nothing that a killed process left behind', async () => {
    await writeFile(join(folder, 'metrics.jsonl'), 'not a checkpoint');
    const left = join(folder, '.step-000001.99999.partial');
    await writeFile(left, 'half');
    (await savedRun(3)).end();
    expect((await readdir(folder)).sort()).toEqual(['metrics.jsonl', 'step-000004', 'step-000005', 'step-000006']);
  });

  test('under an adapter its matrices alone', async () => {
    const { run, end } = await begin(cases['KTO of an adapter with dropout, AdamW'] as Case);
    const state = { step: 0, lossState: undefined, rateScale: 1, skipped: { total: 0, inARow: 0 } };
    const path = await saveTraining(folder, { ...run, state });
    const header = (await readFile(join(path, 'weights.safetensors'))).toString('latin1');
    expect(header).toContain('attention.dense.lora_A.weight');
    expect(header).not.toContain('embed_in');
    end();
  });

  test('a loss whose state is not plain data is refused, and nothing is written', async () => {
    const { run, end } = await begin(cases['BCO’s running mean, AdamW'] as Case);
    const state = { step: 1, lossState: { mean: Number.NaN }, rateScale: 1, skipped: { total: 0, inARow: 0 } };
    const saving = (lossState: unknown) => saveTraining(folder, { ...run, state: { ...state, lossState } });
    await expect(saving({ mean: Number.NaN })).rejects.toThrow(
      "The bco loss's state.mean is NaN, which JSON cannot hold",
    );
    await expect(saving([new Float32Array(2)])).rejects.toThrow("The bco loss's state.0 is a Float32Array");
    expect(await readdir(folder)).toEqual([]);
    end();
  });
});

describe('damage is named, and the checkpoint before it taken', () => {
  test.each([
    ['weights.safetensors', 'weights.safetensors does not match its checksum'],
    ['optimizer.safetensors', 'optimizer.safetensors does not match its checksum'],
    ['training.json', 'training.json is missing or not whole'],
  ])('%s', async (name, why) => {
    const { run, end } = await savedRun();
    const file = join(folder, 'step-000006', name);
    const bytes = await readFile(file);
    bytes[bytes.length - 4] = (bytes[bytes.length - 4] as number) ^ 1;
    await writeFile(file, name === 'training.json' ? bytes.subarray(0, -9) : bytes);
    const damaged: string[] = [];
    const onDamaged = (path: string, why: string) => damaged.push(`${path}: ${why}`);
    expect((await latestTraining(folder, { ...run, onDamaged }))?.state.step).toBe(5);
    expect(damaged).toEqual([`${join(folder, 'step-000006')}: ${why}`]);
    await rm(join(folder, 'step-000005', name));
    await expect(latestTraining(folder, run)).rejects.toThrow('all 2 checkpoints are damaged');
    end();
  });
});

describe('what has changed since is refused by name', () => {
  test('settings, data, loss, optimiser, model', async () => {
    const { run, options, end } = await savedRun();
    const plan = (more: object, data: Dataset = dataset) => planBatches(data, { ...settings, kl: true, ...more });
    const latest = async (more: object) => latestTraining(folder, { ...run, ...more });
    await expect(latest({ plan: await plan({ seed: 2, batchSize: 6 }) })).rejects.toThrow(
      'was planned otherwise: seed was 1 and is 2, batchSize was 4 and is 6.',
    );
    const fewer = { ...dataset, examples: dataset.examples.slice(1) };
    await expect(latest({ plan: await plan({}, fewer) })).rejects.toThrow('the data have changed since it was saved');
    await expect(latest({ loss: kto() })).rejects.toThrow('was trained with bco, not with kto');
    const saved = await latest({});
    await expect(saved?.restore({ ...run, optimizer: rmsprop() })).rejects.toThrow(
      'was trained with adamw, and the optimiser is now rmsprop',
    );
    const policy = addValueHead(run.policy, { seed: 1 });
    await expect(saved?.restore({ ...run, policy })).rejects.toThrow('weight value_head.0.weight is missing');
    const from = { ...(saved?.state as StepEvent['state']), step: 7 };
    await expect(train({ ...run, ...options, from }).next()).rejects.toThrow(
      'from.step is 7, and the plan has 6 steps',
    );
    for (const [name, weight] of policy.weights) if (name.startsWith('value_head')) weight.dispose();
    end();
  });

  test('a checkpoint of a later version', async () => {
    const { run, end } = await savedRun();
    await writeFile(join(folder, 'step-000006', 'training.json'), '{"format": 2}');
    await expect(latestTraining(folder, run)).rejects.toThrow('is of format 2, and this version reads 1');
    end();
  });
});

describe('the metrics’ file', () => {
  const line = (step: number) => ({ step, epoch: 0, metrics: { loss: step } });

  test('is cut back to where the checkpoint was, and goes on from there', async () => {
    const path = join(folder, 'metrics.jsonl');
    const first = await openMetricsFile(path);
    await first.append(line(1));
    const at = await first.sync();
    await first.append(line(2));
    await first.close();
    const second = await openMetricsFile(path, { at });
    await second.append(line(3));
    await second.close();
    const steps = (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text).step);
    expect(steps).toEqual([1, 3]);
  });

  test('one that is shorter is refused; one that is gone begins anew', async () => {
    const path = join(folder, 'metrics.jsonl');
    await writeFile(path, 'short\n');
    await expect(openMetricsFile(path, { at: 7 })).rejects.toThrow('holds 6 bytes, and the checkpoint was saved at 7');
    await rm(path);
    const file = await openMetricsFile(path, { at: 7 });
    await file.append(line(3));
    expect(await file.sync()).toBe((await readFile(path)).length);
    await file.close();
  });
});
