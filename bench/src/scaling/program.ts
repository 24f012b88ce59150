import { startMpi } from '@halokit/distributed';
import { type Summary, summary } from '../statistics';

/** Started on every rank: times all-reduces, and rank 0 says the seconds of each size, in one line of JSON. */
const { rounds, sizes }: { rounds: number; sizes: readonly number[] } = JSON.parse(process.argv[2] ?? '{}');
const communicator = await startMpi({ environment: process.env });
const { rank, library } = communicator;
const seconds: Record<number, Summary> = {};
for (const bytes of [4, ...sizes]) {
  // What is short varies more, and is repeated.
  const repeats = bytes === 4 ? 20 : bytes === sizes[0] ? 3 : 1;
  const numbers = new Float32Array(bytes / 4).fill(rank);
  const times: number[] = [];
  for (let round = -1; round < rounds; round++) {
    await communicator.barrier();
    const started = performance.now();
    for (let i = 0; i < repeats; i++) await communicator.allReduce(numbers);
    if (round >= 0) times.push((performance.now() - started) / 1000 / repeats);
  }
  seconds[bytes] = summary(times);
}
if (rank === 0) console.log(JSON.stringify({ library: library.version, seconds }));
await communicator.finish();
