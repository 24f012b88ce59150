import { peakBytes } from '../peak_memory';
import { startBackend } from '../train_step/backend';
import type { Job, Message } from './protocol';
import { trainBig } from './train_big';

/** Our side of a measurement, in a process of its own: one JSON line a step. */
const job: Job = JSON.parse(process.argv[2] ?? '{}');
const say = (message: Message) => console.log(JSON.stringify(message));
await startBackend('onnxruntime');
const { referenceSeconds } = await trainBig(job, (step) => say({ kind: 'step', ...step }));
const { user, system } = process.cpuUsage();
say({ kind: 'end', referenceSeconds, peakBytes: peakBytes(), cpuSeconds: (user + system) / 1e6 });
