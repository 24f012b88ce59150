import { startMpi } from '@halokit/distributed';
import type { Job, Outcome } from './protocol';

/** Our side of a measurement, on every rank: sums of float32 arrays in place. */
const job: Job = JSON.parse(process.argv[2] ?? '{}');
const ranks = await startMpi({ environment: process.env });
const seconds: number[][] = [];
for (const { bytes, calls, times } of job.measures) {
  const data = new Float32Array(bytes / 4).fill(1);
  const taken: number[] = [];
  for (let time = 0; time <= times; time++) {
    data.fill(1);
    await ranks.barrier();
    const begun = performance.now();
    for (let call = 0; call < calls; call++) await ranks.allReduce(data);
    taken.push((performance.now() - begun) / 1000 / calls);
    const expected = Math.fround(ranks.size ** calls);
    if (data[0] !== expected || data.at(-1) !== expected) throw new Error(`The sum is ${data[0]}, not ${expected}.`);
  }
  seconds.push(taken.slice(1));
}
const outcome: Outcome = { library: ranks.library.version, ranks: ranks.size, seconds };
if (ranks.rank === 0) console.log(JSON.stringify(outcome));
await ranks.finish();
