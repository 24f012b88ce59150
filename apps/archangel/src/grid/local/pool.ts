import { type ChildProcess, fork } from 'node:child_process';
import type { Grid } from '../grid';
import type { Job } from '../job';
import type { Assignment, Report } from './worker_messages';

export interface PoolOptions {
  /** Processes at once, each with a job. */
  readonly processes: number;
  /** That compute, in each. */
  readonly threads: number;
  readonly signal: AbortSignal;
  onBegin?(job: Job): void;
  onEnd?(job: Job, ending: Ending): void;
}

/** How a job ended. */
export type Ending = { readonly is: 'done' | 'interrupted' } | { readonly is: 'failed'; readonly why: string };

/** A process, and the model that it has compiled for. */
interface Worker {
  readonly child: ChildProcess;
  readonly model: string | undefined;
  job?: Job;
}

/**
 * Does jobs in processes of their own, as many at once as are allowed, each as soon as those before it are done. A job that
 * fails, or whose process is killed, keeps those behind it from being done and no others.
 *
 * @param left the jobs to do
 * @param undone names of all jobs that are not done, those among them that others do
 * @param program what starts the app: a file and what Node is told before it
 */
export function runInProcesses(
  grid: Grid,
  left: readonly Job[],
  undone: Set<string>,
  program: { readonly file: string; readonly execArgv: readonly string[] },
  { processes, threads, signal, onBegin, onEnd }: PoolOptions,
): Promise<void> {
  const open = new Set(left);
  const workers = new Set<Worker>();
  return new Promise((resolve) => {
    const next = (worker?: Worker): Job | undefined => {
      if (signal.aborted) return undefined;
      const ready = [...open].filter(({ after }) => !after.some((name) => undone.has(name)));
      return worker ? ready.find(({ model }) => model === worker.model) : ready[0];
    };
    const assign = (worker: Worker, job: Job) => {
      open.delete(job);
      worker.job = job;
      onBegin?.(job);
      worker.child.send({ job: job.name } satisfies Assignment);
    };
    const ended = (worker: Worker, ending: Ending) => {
      const job = worker.job as Job;
      worker.job = undefined;
      if (ending.is === 'done') undone.delete(job.name);
      onEnd?.(job, ending);
    };
    /** Gives every process something to do that can be done; one that has no more of its model goes. */
    const fill = () => {
      for (const worker of [...workers].filter(({ job }) => !job)) {
        const job = next(worker);
        if (job) assign(worker, job);
        else {
          workers.delete(worker);
          worker.child.disconnect();
        }
      }
      while (workers.size < processes) {
        const job = next();
        if (!job) break;
        start(job);
      }
      if (workers.size === 0) resolve();
    };
    const start = (first: Job) => {
      open.delete(first);
      onBegin?.(first);
      const args = ['grid', 'work', grid.out, '--threads', `${threads}`];
      // A group of its own: Ctrl-C reaches this process, which hands it on once; twice would lose the step under way.
      const child = fork(program.file, args, {
        ...{ execArgv: [...program.execArgv], detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
      });
      const worker: Worker = { child, model: first.model, job: first };
      workers.add(worker);
      child.on('message', (report: Report) => {
        if (report.is === 'ready') child.send({ job: first.name } satisfies Assignment);
        else {
          ended(worker, report.is === 'failed' ? report : { is: report.is });
          fill();
        }
      });
      child.on('exit', (code, by) => {
        if (!workers.delete(worker)) return;
        const why = `its process ended (${by ?? `status ${code}`})`;
        if (worker.job) ended(worker, signal.aborted ? { is: 'interrupted' } : { is: 'failed', why });
        fill();
      });
    };
    signal.addEventListener('abort', () => {
      for (const { child } of workers) child.kill('SIGTERM');
    });
    fill();
  });
}
