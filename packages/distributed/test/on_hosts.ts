// A rank of a job on several hosts: `on_hosts.ts LOG sum`, or `on_hosts.ts LOG busy SECONDS`, of patience. Its lines of JSON go to
// the log, for what a rank prints on a host that is cut off reaches nobody.
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { startMpi } from '../src/index';

const [log = '', task, patience] = process.argv.slice(2);
const print = (value: object) => appendFileSync(log, `${JSON.stringify(value)}\n`);

const ranks = await startMpi({
  environment: process.env,
  ...(patience !== undefined && { patience: Number(patience) }),
});
const { rank, size, host } = ranks;
const data = new Float32Array(1 << 18);
print({ rank, pid: process.pid });

if (task === 'sum') {
  data.fill(rank + 1);
  await ranks.allReduce(data);
  print({ rank, size, host, first: data[0], last: data.at(-1) });
  await ranks.finish();
} else {
  // Rank 0 alone knows when the others are under way.
  for (let done = 0; ; done++) {
    try {
      await ranks.allReduce(data);
    } catch (error) {
      const { name, message } = error as Error;
      print({ rank, name, message });
      // On a host that is cut off, MPICH's MPI_Abort waits for its launcher for ever. What `cat` reads ends with this process.
      const words = ['-c', `timeout 5 cat; [ $? = 124 ] && kill -KILL ${process.pid}`];
      spawn('sh', words, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
      ranks.abort(7);
      process.exit(7);
    }
    if (done === 1 && rank === 0) print({ busy: true });
  }
}
