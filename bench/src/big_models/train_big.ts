import { kto } from '@halokit/losses';
import { addAdapter, type CausalLM, disposeModel, readCheckpoint, readConfig, withoutAdapter } from '@halokit/models';
import { type Reference, referenceModel, rmsprop, streamedReference, tokenBatch, train } from '@halokit/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { datasetOf, planOf } from './batches';
import type { End, Job, Step } from './protocol';
import { randomCheckpoint } from './random_checkpoint';
import { randomNumbers } from './random_numbers';

/**
 * Trains with KTO as a user would who is short of memory: layers are computed again in the backward pass; a model that trains
 * whole has a reference that is streamed, and adapters have the model under them.
 */
export async function trainBig(job: Job, heard: (step: Step) => void): Promise<Pick<End, 'referenceSeconds'>> {
  const config = readConfig(job.config);
  const files = randomCheckpoint(config);
  const dataset = datasetOf(job, config.vocabSize);
  const plan = await planOf(job, dataset);
  const isFull = job.kind === 'full';
  const storage = job.kind === 'lora-float16' ? 'float16' : undefined;
  const base = await readCheckpoint(files, { trainable: isFull, ...(storage && { storage }) });
  const policy = isFull ? base : await randomAdapter(base, job);
  const start = isFull ? undefined : withoutAdapter(policy);
  const options = { rowsAtOnce: job.microbatchRows };
  const reference: Reference = start ? referenceModel(start, options) : streamedReference(files, options);
  const optimizer = rmsprop();
  const batches = plan.steps.map((step) => tokenBatch(dataset, step));
  const before = performance.now();
  await reference.prefetch?.(batches.flatMap(({ rows, kl = [] }) => [...rows, ...kl]));
  const referenceSeconds = start ? 0 : (performance.now() - before) / 1000;

  let started = performance.now();
  const { learningRate } = job;
  const run = { policy, reference, loss: kto(), dataset, plan, optimizer, learningRate, gradientCheckpointing: true };
  for await (const { metrics } of train(run)) {
    // The update is still to be computed where a backend only records it.
    await [...policy.weights.values()].findLast(({ trainable }) => trainable)?.data();
    heard({ seconds: (performance.now() - started) / 1000, loss: metrics.loss });
    started = performance.now();
  }
  optimizer.dispose();
  for (const model of start ? [policy, start] : [policy]) disposeModel(model);
  return { referenceSeconds };
}

/** Adapters whose A is random by the formula; B is 0. */
async function randomAdapter(base: CausalLM, { rank, alpha, names }: Job): Promise<CausalLM> {
  const policy = addAdapter(base, { seed: 1, rank, alpha, dropout: 0 });
  for (const [name, weight] of policy.weights) {
    if (!name.endsWith('lora_A.weight')) continue;
    const bits = new Uint16Array(weight.size);
    randomNumbers(name, names.indexOf(name), 0, bits);
    tf.tidy(() => weight.assign(tf.tensor(Float32Array.from(bits, float16), weight.shape)));
  }
  return policy;
}

/** A number that the formula gives: 1/64 to 1/32 in size. */
function float16(bits: number): number {
  return ((bits & 0x8000 ? -1 : 1) * (1 + (bits & 0x3ff) / 1024)) / 64;
}
