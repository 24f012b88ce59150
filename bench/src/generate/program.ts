// Our side of the measurement: generation with @halokit/models, in a process of its own.
import { type CausalLM, disposeModel, generate } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { createModel } from '../fused_kernels/model';
import { peakBytes } from '../peak_memory';
import { startBackend } from '../train_step/backend';
import { batch } from '../train_step/batch';
import type { Job, Message } from './protocol';

const job: Job = JSON.parse(process.argv[2] ?? '{}');
const { shape, newTokens: maxNewTokens } = job;
const statistics = await startBackend(job.backend);
const model = createModel(shape);
const { ids } = batch(shape, 0);
const prompts = Array.from({ length: shape.rows }, (_, row) =>
  ids.subarray(row * shape.tokens, (row + 1) * shape.tokens),
);
for (let run = 0; run < job.runs; run++) {
  const started = performance.now();
  const written = await generate(model, prompts, { maxNewTokens, eosId: [] });
  say({ kind: 'run', seconds: (performance.now() - started) / 1000, ids: written.map((list) => [...list]) });
}
const engine = statistics();
const floorSeconds = await secondsToRead(model);
const { user, system } = process.cpuUsage();
const end = { peakBytes: peakBytes(), cpuSeconds: (user + system) / 1e6, floorSeconds };
say({ kind: 'end', ...end, ...(engine && { engine: { ...engine } }) });
disposeModel(model);

/** The least time in which the backend adds up all weights but the input embedding, of which a token needs a row. */
async function secondsToRead({ weights }: CausalLM): Promise<number> {
  const read = [...weights].filter(([name]) => !name.endsWith('embed_in.weight')).map(([, weight]) => weight);
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const sums = tf.tidy(() => tf.addN(read.map((weight) => tf.sum(weight))));
    const started = performance.now();
    await sums.data();
    times.push((performance.now() - started) / 1000);
    sums.dispose();
  }
  return Math.min(...times);
}

function say(message: Message): void {
  console.log(JSON.stringify(message));
}
