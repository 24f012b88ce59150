import type { OnnxRuntimeBackend, OperatorTime } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { peakBytes } from '../peak_memory';
import { startBackend } from './backend';
import type { Job, Message } from './protocol';
import type { Shape } from './shape';
import { trainSteps } from './train_steps';
import type { Trainee } from './trainee';

/** Our side of a measurement, in a process of its own: trains as its argument says, one JSON line a step. */
export async function runJob(create: (shape: Shape) => Trainee): Promise<void> {
  const job: Job = JSON.parse(process.argv[2] ?? '{}');
  const statistics = await startBackend(job.backend);
  const training = trainSteps(create(job.shape), job.shape);
  for (let step = 0; step < job.steps; step++) say({ kind: 'step', step, ...(await training.next()).value });
  const engine = statistics();
  const measured = { peakBytes: peakBytes(), ...(engine && { engine: { ...engine } }) };
  const profile = job.profileSteps === undefined ? undefined : await profileSteps(training, job.profileSteps);
  const { user, system } = process.cpuUsage();
  say({ kind: 'end', ...measured, cpuSeconds: (user + system) / 1e6, ...(profile && { profile }) });
}

/** Where the time of one step goes: the mean of several. */
async function profileSteps(training: AsyncGenerator<unknown>, steps: number): Promise<OperatorTime[]> {
  const rows = await (tf.backend() as OnnxRuntimeBackend).profile(async () => {
    for (let step = 0; step < steps; step++) await training.next();
  });
  return rows.map((row) => ({ ...row, runs: row.runs / steps, milliseconds: row.milliseconds / steps }));
}

function say(message: Message): void {
  console.log(JSON.stringify(message));
}
