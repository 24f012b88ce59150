// Our side of the measurement: a process of its own that trains as its argument says, one JSON line a step.
import { peakBytes } from '../peak_memory';
import { startBackend } from './backend';
import { createModel } from './model';
import type { Job, Message } from './protocol';
import { trainSteps } from './train_steps';

function say(message: Message): void {
  console.log(JSON.stringify(message));
}

const job: Job = JSON.parse(process.argv[2] ?? '{}');
const statistics = await startBackend(job.backend);
const model = createModel(job.shape);
let step = 0;
for await (const result of trainSteps(model, job.steps)) say({ kind: 'step', step: step++, ...result });
const engine = statistics();
const { user, system } = process.cpuUsage();
say({ kind: 'end', peakBytes: peakBytes(), cpuSeconds: (user + system) / 1e6, ...(engine && { engine }) });
