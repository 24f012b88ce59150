import { readFile } from 'node:fs/promises';
import { dpo, kto } from '@halokit/losses';
import { cloneModel, disposeModel } from '@halokit/models';
import { type Dataset, referenceModel, remembered, rmsprop, train } from '@halokit/trainer';
import { createModel } from '../fused_kernels/model';
import { peakBytes } from '../peak_memory';
import { startBackend } from '../train_step/backend';
import type { Feedback, Job, Message } from './protocol';

/**
 * Our side of a measurement, in a process of its own: one JSON line a step. Trains as a user would, twice over the same
 * plan: at first the reference answers every row, then its answers are known.
 */
const job: Job = JSON.parse(process.argv[2] ?? '{}');
const { plan, ...read }: Feedback = JSON.parse(await readFile(job.feedback, 'utf8'));
const statistics = await startBackend('onnxruntime');
const policy = createModel({ ...job.size, rows: 0, tokens: 0 });
const start = cloneModel(policy);
const loss = job.method === 'kto' ? kto() : dpo();
const dataset = { feedback: read.feedback, examples: read.examples.map(withTokens) } as unknown as Dataset;
const reference = remembered(referenceModel(start, { rowsAtOnce: plan.settings.microbatchSize }));
const optimizer = rmsprop();
const { learningRate } = job;
const options = { policy, reference, loss, dataset, plan, optimizer, learningRate, maxGradNorm: 10 };
let peak = 0;
for (const kind of ['step', 'cached'] as const) {
  let started = performance.now();
  let before = engineSeconds();
  for await (const { metrics } of train(options)) {
    // The update is still to be computed: it was only recorded.
    await [...policy.weights.values()].at(-1)?.data();
    const [now, inEngine] = [performance.now(), engineSeconds()];
    say({ kind, seconds: (now - started) / 1000, loss: metrics.loss, engineSeconds: inEngine - before });
    [started, before] = [performance.now(), engineSeconds()];
  }
  if (kind === 'step') peak = peakBytes();
}
const engine = statistics();
const { user, system } = process.cpuUsage();
say({ kind: 'end', peakBytes: peak, cpuSeconds: (user + system) / 1e6, ...(engine && { engine: { ...engine } }) });
optimizer.dispose();
for (const model of [policy, start]) disposeModel(model);

function withTokens(example: Feedback['examples'][number]) {
  const entries = Object.entries(example);
  return Object.fromEntries(entries.map(([k, v]) => [k, Array.isArray(v) ? Int32Array.from(v) : v]));
}

function engineSeconds(): number {
  const { runMs = 0, compileMs = 0 } = statistics() ?? {};
  return (runMs + compileMs) / 1000;
}

function say(message: Message): void {
  console.log(JSON.stringify(message));
}
