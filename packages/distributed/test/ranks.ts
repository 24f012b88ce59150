// One rank of a job that a test starts: `ranks.ts TASK`. Prints lines of JSON and the rank they are from.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { type MpiCommunicator, type MpiOptions, startMpi } from '../src/index';
import { checkCollectives } from './collectives';

const start = (options?: Partial<MpiOptions>) => startMpi({ environment: process.env, ...options });
const print = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
const rankOf = process.env.OMPI_COMM_WORLD_RANK ?? process.env.PMI_RANK;

/** All-reduces for ever: 64 MB each, nearly all of the time within MPI. The last rank does `then` when all are at it. */
async function busy(ranks: MpiCommunicator, then: () => void): Promise<never> {
  const data = new Float32Array(16 << 20);
  for (let done = 0; ; done++) {
    await ranks.allReduce(data);
    if (done !== 2) continue;
    print({ rank: ranks.rank, pid: process.pid, busy: true });
    await ranks.barrier();
    if (ranks.rank === ranks.size - 1) then();
  }
}

/** Sends a signal to this process while it is busy. */
function signal(name: string, seconds: number): void {
  spawn('sh', ['-c', `sleep ${seconds}; kill -${name} ${process.pid}`], { stdio: 'ignore', detached: true }).unref();
}

/** What an application does about an error: it ends the job. */
async function orAbort(ranks: MpiCommunicator, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const { name, message } = error as Error;
    print({ rank: ranks.rank, name, message });
    ranks.abort(7);
  }
}

/** On ONNX Runtime, whose library is called by koffi too. */
async function product(): Promise<number> {
  await import('@halokit/tfjs-backend-onnxruntime');
  const tf = await import('@tensorflow/tfjs-core');
  await tf.setBackend('onnxruntime');
  const [value] = await tf.dot([1, 2], [3, 4]).data();
  return value as number;
}

const tasks: Readonly<Record<string, () => Promise<void>>> = {
  async collectives() {
    const ranks = await start();
    const hash = createHash('sha256');
    await checkCollectives(ranks, (data) => hash.update(data));
    print({
      rank: ranks.rank,
      size: ranks.size,
      library: ranks.library.family,
      host: ranks.host,
      hash: hash.digest('hex'),
    });
    await ranks.finish();
    await ranks.barrier().catch(({ message }) => print({ rank: ranks.rank, after: message }));
  },

  async different() {
    const ranks = await start();
    const first = ranks.rank === 0 ? ranks.barrier() : ranks.allReduce(new Float32Array(3));
    const said: string[] = [];
    for (const call of [first, ranks.barrier()])
      await call.catch((error: Error) => said.push(`${error.name}: ${error.message}`));
    print({ rank: ranks.rank, said });
    if (ranks.rank === 0) setTimeout(() => ranks.abort(7), 500);
  },

  async killed() {
    const ranks = await start();
    await busy(ranks, () => signal('KILL', 0.3));
  },

  /** A rank that hangs, within MPI or on the way there: to the others, as one that is cut off. */
  async stopped() {
    const ranks = await start({ patience: 2 });
    await orAbort(
      ranks,
      busy(ranks, () => signal('STOP', 0.3)),
    );
  },

  async absent() {
    const ranks = await start({ patience: 1 });
    if (ranks.rank === ranks.size - 1) await new Promise((resolve) => setTimeout(resolve, 60_000));
    await orAbort(ranks, ranks.barrier());
  },

  async aborted() {
    const ranks = await start();
    await busy(ranks, () => setTimeout(() => ranks.abort(3), 300));
  },

  async setup() {
    const [, , , library, engine] = process.argv;
    if (engine === 'engine-first') await product();
    try {
      const ranks = await start({ ...(library !== undefined && { library }) });
      const data = Float64Array.of(1);
      await ranks.allReduce(data);
      print({ size: data[0], ...(engine && { product: await product() }) });
      await ranks.finish();
    } catch (error) {
      const { name, message } = error as Error;
      print({ rank: Number(rankOf), name, message });
    }
  },

  /** A launcher that says other numbers than the library finds, as one does whose library is another. */
  async misfit() {
    const sizes = { OMPI_COMM_WORLD_SIZE: '9', PMI_SIZE: '9' };
    const present = Object.entries(sizes).filter(([name]) => process.env[name] !== undefined);
    const environment = { ...process.env, ...Object.fromEntries(present) };
    await start({ environment }).catch(({ name, message }: Error) => print({ rank: Number(rankOf), name, message }));
  },
};

await tasks[process.argv[2] ?? '']?.();
