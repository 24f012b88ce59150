// Trains a tiny model in a folder and saves every other step, going on from the newest checkpoint there, as a run does that
// somebody kills. Says where it is, a JSON line each: {"step"} after a step, {"saving"} before one is saved.
import '@tensorflow/tfjs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { bco } from '@halokit/losses';
import { addAdapter, cloneModel, createModel, readConfig } from '@halokit/models';
import { saveAdapter, saveCheckpoint } from '@halokit/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { adamw, type Dataset, planBatches, referenceModel, referenceRows, train, warmupCosine } from '../../src';
import { latestTraining, openMetricsFile, openReferenceStore, saveTraining } from '../../src/node';

const [folder = '', steps = '60'] = process.argv.slice(2);
const say = (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`);

// A slow disk: saving takes long enough for the process to die at any moment of it.
const handle = await open(folder);
const files: { sync: FileHandle['sync'] } = Object.getPrototypeOf(handle);
const { sync } = files;
files.sync = async function (this: FileHandle) {
  await setTimeout(10);
  await sync.call(this);
};
await handle.close();

tf.env().set('PROD', true);
await tf.setBackend('cpu');
const config = readConfig({
  ...{ model_type: 'gpt_neox', vocab_size: 30, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2 },
  ...{ max_position_embeddings: 16, initializer_range: 0.3 },
});
const dataset: Dataset = {
  feedback: 'binary',
  examples: Array.from({ length: 12 }, (_, i) => ({
    prompt: Int32Array.of(1, 2 + (i % 6)),
    response: Int32Array.from({ length: 1 + (i % 4) }, (_, t) => (i * 5 + t * 3) % 30),
    desirable: i % 3 !== 0,
  })),
};

const base = createModel(config, { seed: 3 });
const start = cloneModel(base);
const policy = addAdapter(base, { seed: 2, rank: 2, dropout: 0.3 });
const epochs = Math.ceil(Number(steps) / 3);
const plan = await planBatches(dataset, { seed: 1, batchSize: 4, microbatchSize: 2, epochs, kl: false });
const run = { policy, optimizer: adamw(), loss: bco(), plan };

const store = await openReferenceStore(join(folder, 'reference'), { model: '0'.repeat(64) });
for await (const _ of store.ask(referenceModel(start), referenceRows(run.loss, dataset, plan))) say({ asked: true });

const checkpoints = join(folder, 'checkpoints');
const onDamaged = (path: string, why: string) => say({ damaged: `${path}: ${why}` });
const saved = await latestTraining(checkpoints, { ...run, onDamaged });
await saved?.restore(run);
const metrics = await openMetricsFile(join(folder, 'metrics.jsonl'), { at: saved?.metricsBytes });
const options = { dataset, reference: store.reference, learningRate: 3e-3, schedule: warmupCosine(5) };
for await (const event of train({ ...run, ...options, from: saved?.state })) {
  await metrics.append(event);
  say({ step: event.step });
  if (event.step % 2 !== 0) continue;
  say({ saving: event.step });
  await saveTraining(checkpoints, { ...run, state: event.state, metricsBytes: await metrics.sync() });
}
await metrics.close();
await saveCheckpoint(policy, join(folder, 'model'));
await saveAdapter(policy, join(folder, 'model/adapter'));
