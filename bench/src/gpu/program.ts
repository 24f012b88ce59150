import { readFile } from 'node:fs/promises';
import { kto } from '@halokit/losses';
import { cloneModel, disposeModel } from '@halokit/models';
import type { OnnxRuntimeBackend } from '@halokit/tfjs-backend-onnxruntime';
import { type Dataset, referenceModel, rmsprop, train } from '@halokit/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { Feedback } from '../alignment/protocol';
import { createModel } from '../fused_kernels/model';
import { peakBytes } from '../peak_memory';
import type { Message, OurJob } from './protocol';
import { startOn } from './start_on';

/**
 * Our side of a measurement, in a process of its own: one JSON line a step. Goes through the same steps twice, so that the second
 * time every graph is compiled; the reference answers every row each time.
 */
const job: OurJob = JSON.parse(process.argv[2] ?? '{}');
const { plan, examples }: Feedback = JSON.parse(await readFile(job.feedback, 'utf8'));
const statistics = await startOn(job.device, job.arithmetic);
const backend = tf.backend() as OnnxRuntimeBackend;
const policy = createModel({ ...job.size, rows: 0, tokens: 0 });
const start = cloneModel(policy);
const dataset = { feedback: 'binary', examples: examples.map(withTokens) } as unknown as Dataset;
const reference = referenceModel(start, { rowsAtOnce: plan.settings.microbatchSize });
const optimizer = rmsprop();
const { learningRate } = job;
const scaling = job.arithmetic === 'float16' ? ({ lossScale: 'dynamic' } as const) : {};
const options = { policy, reference, loss: kto(), dataset, plan, optimizer, learningRate, maxGradNorm: 10, ...scaling };
let deviceBytes = 0;
const look = () => {
  deviceBytes = Math.max(deviceBytes, backend.memory().numBytesNative);
};
const timer = setInterval(look, 20);
for (const kind of ['step', 'again'] as const) {
  let started = performance.now();
  for await (const { metrics } of train(options)) {
    // The update was only recorded.
    await backend.finish();
    say({ kind, seconds: (performance.now() - started) / 1000, loss: metrics.loss });
    started = performance.now();
  }
}
clearInterval(timer);
const { user, system } = process.cpuUsage();
const engine = statistics();
say({
  ...{ kind: 'end', peakBytes: peakBytes(), cpuSeconds: (user + system) / 1e6, deviceBytes },
  ...(engine && { engine: { ...engine } }),
});
optimizer.dispose();
for (const model of [policy, start]) disposeModel(model);

function withTokens(example: Feedback['examples'][number]) {
  const entries = Object.entries(example);
  return Object.fromEntries(entries.map(([k, v]) => [k, Array.isArray(v) ? Int32Array.from(v) : v]));
}

function say(message: Message): void {
  console.log(JSON.stringify(message));
}
