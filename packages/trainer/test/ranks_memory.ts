// One rank of a job that a test starts, or a process by itself: `ranks_memory.ts [sharded]`. Trains a model for a few steps, and every
// rank prints what it took.
import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { launcherOf, startMpi } from '@halokit/distributed';
import { sft } from '@halokit/losses';
import { createModel, readConfig } from '@halokit/models';
import { type OnnxRuntimeBackend, setThreads } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { adamw } from '../src/adamw';
import { shardedOptimizer } from '../src/parallel/sharded_optimizer';
import { planBatches } from '../src/plan';
import { train } from '../src/train';

/** What one rank took. */
export interface RankMemory {
  readonly rank: number;
  readonly size: number;
  readonly parameters: number;
  /** Of the optimiser's tensors. */
  readonly stateBytes: number;
  /** Of all tensors and running graphs at most. */
  readonly tensorBytes: number;
  /** Resident at most, less what was before the model: with what the allocator keeps, and JavaScript. */
  readonly residentBytes: number;
  readonly losses: readonly number[];
}

setThreads(1);
await tf.setBackend('onnxruntime');
const communicator = launcherOf(process.env) && (await startMpi({ environment: process.env }));
const config = readConfig({
  ...{ model_type: 'gpt_neox', vocab_size: 8000, hidden_size: 512, num_hidden_layers: 6, num_attention_heads: 8 },
  ...{ max_position_embeddings: 64, intermediate_size: 2048 },
});
const base = resident('VmRSS');
const policy = createModel(config, { seed: 1 });
const dataset = {
  feedback: 'demonstrations' as const,
  examples: Array.from({ length: 16 }, (_, i) => ({
    prompt: Int32Array.of(1, 2 + i),
    response: Int32Array.from({ length: 14 }, (_, t) => (31 * i + 7 * t) % 8000),
  })),
};
const plan = await planBatches(dataset, { seed: 1, batchSize: 8, microbatchSize: 2, epochs: 2, kl: false });
const rule = adamw();
const optimizer = process.argv[2] === 'sharded' && communicator ? shardedOptimizer(rule, communicator) : rule;
const losses: number[] = [];
for await (const { metrics } of train({
  policy,
  loss: sft(),
  dataset,
  plan,
  optimizer,
  communicator,
  learningRate: 1e-4,
})) {
  losses.push(metrics.loss);
}
const tensors = Object.values(optimizer.state.slots).flatMap((slot) => [...slot.values()]);
const memory: RankMemory = {
  ...{ rank: communicator?.rank ?? 0, size: communicator?.size ?? 0, losses },
  parameters: [...policy.weights.values()].reduce((sum, { size }) => sum + size, 0),
  stateBytes: tensors.reduce((sum, { size }) => sum + 4 * size, 0),
  tensorBytes: (tf.backend() as OnnxRuntimeBackend).arena.mostInUse,
  residentBytes: resident('VmHWM') - base,
};
process.stdout.write(`${JSON.stringify(memory)}\n`);
await communicator?.finish();

/** Bytes, as the kernel counts them. */
function resident(name: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
  return 1024 * Number(line?.[1]);
}
