// One rank of a job that a test starts, or a process by itself: `ranks_program.ts CASES [sharded]`. Trains the oracle's models for 50
// steps, one case after the other, and rank 0 prints a line of JSON a case.
import '@tensorflow/tfjs';
import { createHash } from 'node:crypto';
import { launcherOf, startMpi } from '@halokit/distributed';
import { dpo, kto, type Loss, sft } from '@halokit/losses';
import { cloneModel, disposeModel } from '@halokit/models';
import { loadCheckpoint } from '@halokit/models/node';
import { setThreads } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { adamw } from '../src/adamw';
import type { Dataset } from '../src/dataset';
import { shardedOptimizer } from '../src/parallel/sharded_optimizer';
import { sharedReference } from '../src/parallel/shared_reference';
import { planBatches } from '../src/plan';
import { referenceModel } from '../src/reference';
import { rmsprop } from '../src/rmsprop';
import { train } from '../src/train';
import { checkpointFolder } from './trace_files';

const losses: Record<string, () => Loss> = { kto, dpo, sft };

/** What rank 0 prints of a case. */
export interface RanksOutcome {
  readonly name: string;
  readonly size: number;
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  /** SHA-256 of all weights: of rank 0, and whether every rank has it. */
  readonly weights: string;
  readonly alike: boolean;
  readonly leaked: number;
}

const [, , cases = '', how] = process.argv;
setThreads(1);
await tf.setBackend('onnxruntime');
const communicator = launcherOf(process.env) && (await startMpi({ environment: process.env }));
for (const name of cases.split(',')) await trainCase(name);
await communicator?.finish();

/** `kto neox-parallel`: 50 steps of 8 examples. */
async function trainCase(name: string): Promise<void> {
  const [method = '', model = ''] = name.split(' ');
  const before = tf.memory().numTensors;
  const policy = await loadCheckpoint(checkpointFolder(model));
  const frozen = cloneModel(policy);
  const loss = (losses[method] as () => Loss)();
  const dataset = datasetOf(loss, policy.config.vocabSize);
  const settings = { seed: 1, batchSize: 8, microbatchSize: 4, epochs: 20, maxSteps: 50 };
  const plan = await planBatches(dataset, { ...settings, kl: loss.needs?.kl === true });
  const rule = loss.name === 'sft' ? adamw() : rmsprop();
  const optimizer = how === 'sharded' && communicator ? shardedOptimizer(rule, communicator) : rule;
  const own = referenceModel(frozen);
  const reference = communicator ? sharedReference(own, communicator) : own;
  const options = {
    policy,
    loss,
    dataset,
    plan,
    optimizer,
    reference,
    communicator,
    learningRate: 1e-4,
    maxGradNorm: 10,
  };
  const metrics: Record<string, number>[] = [];
  for await (const event of train(options)) metrics.push(event.metrics);
  const hash = createHash('sha256');
  for (const weight of policy.weights.values()) hash.update(await weight.data<'float32'>());
  const digest = hash.digest();
  const first = Uint8Array.from(digest);
  await communicator?.broadcast(first);
  const unlike = Float64Array.of(digest.equals(first) ? 0 : 1);
  await communicator?.allReduce(unlike);
  for (const each of [policy, frozen]) disposeModel(each);
  optimizer.dispose();
  if (communicator && communicator.rank > 0) return;
  const outcome: RanksOutcome = {
    ...{ name, size: communicator?.size ?? 0, losses: metrics.map((of) => of.loss as number) },
    ...{ norms: metrics.map((of) => of.grad_norm as number), weights: digest.toString('hex'), alike: unlike[0] === 0 },
    leaked: tf.memory().numTensors - before,
  };
  console.log(JSON.stringify(outcome));
}

/** 44 examples of unlike length, so that an epoch's last batch is short. */
function datasetOf({ feedback }: Loss, vocabulary: number): Dataset {
  const ids = (i: number, length: number) =>
    Int32Array.from({ length }, (_, t) => (7 + 31 * i + 17 * t + i * t * t) % vocabulary);
  const rows = Array.from({ length: 44 }, (_, i) => ({
    prompt: ids(i % 12, 2 + (i % 4)),
    response: ids(i + 50, 1 + ((i * 5) % 8)),
  }));
  if (feedback === 'demonstrations') return { feedback, examples: rows };
  if (feedback === 'binary') {
    return { feedback, examples: rows.map((row, i) => ({ ...row, desirable: i % 3 !== 0 })) };
  }
  const pair = (row: (typeof rows)[number], i: number) => ({
    ...{ prompt: row.prompt, chosen: row.response },
    rejected: ids(i + 90, 1 + ((i * 3) % 7)),
  });
  return { feedback, examples: rows.map(pair) };
}
