import { readFile } from 'node:fs/promises';
import { launcherOf, startMpi } from '@halokit/distributed';
import { kto } from '@halokit/losses';
import { cloneModel } from '@halokit/models';
import { setThreads } from '@halokit/tfjs-backend-onnxruntime';
import { type Dataset, referenceModel, rmsprop, sharedReference, train } from '@halokit/trainer';
import type { Feedback } from '../alignment/protocol';
import { createModel } from '../fused_kernels/model';
import { peakBytes } from '../peak_memory';
import { startBackend } from '../train_step/backend';
import type { Job, Outcome } from './protocol';
import { timed } from './timed';

/**
 * One rank, of one thread, that trains with the others of its job, or alone: twice over the same steps, of which the second time
 * counts, when every graph is compiled.
 */
const job: Job = JSON.parse(process.argv[2] ?? '{}');
const { plan: once, ...read }: Feedback = JSON.parse(await readFile(job.feedback, 'utf8'));
const plan = { ...once, steps: [...once.steps, ...once.steps] };
const mpi = launcherOf(process.env) ? await startMpi({ environment: process.env }) : undefined;
const [communicator, spent] = mpi ? timed(mpi) : [undefined, () => 0];
setThreads(1);
await startBackend('onnxruntime');
const policy = createModel({ ...job.size, rows: 0, tokens: 0 });
const asked = referenceModel(cloneModel(policy), { rowsAtOnce: plan.settings.microbatchSize });
const options = {
  ...{ policy, plan, loss: kto(), optimizer: rmsprop(), learningRate: job.learningRate, maxGradNorm: 10 },
  ...{ dataset: { feedback: read.feedback, examples: read.examples.map(withTokens) } as unknown as Dataset },
  reference: communicator ? sharedReference(asked, communicator) : asked,
  ...(communicator && { communicator }),
};
const outcome = {
  ranks: mpi?.size ?? 1,
  seconds: [] as number[],
  losses: [] as number[],
  communication: [] as number[],
};
let [started, before] = [performance.now(), spent()];
for await (const { step, metrics } of train(options)) {
  // The update is still to be computed: it was only recorded.
  await [...policy.weights.values()].at(-1)?.data();
  const [now, after] = [performance.now(), spent()];
  if (step > once.steps.length) {
    outcome.seconds.push((now - started) / 1000);
    outcome.communication.push((after - before) / 1000);
    outcome.losses.push(metrics.loss as number);
  }
  [started, before] = [performance.now(), spent()];
}
const result: Outcome = { ...outcome, peakBytes: peakBytes() };
if ((mpi?.rank ?? 0) === 0) console.log(JSON.stringify(result));
await mpi?.finish();

function withTokens(example: Feedback['examples'][number]) {
  const entries = Object.entries(example);
  return Object.fromEntries(entries.map(([k, v]) => [k, Array.isArray(v) ? Int32Array.from(v) : v]));
}
