import { consola } from 'consola';
import { InputError } from '../../input_error';
import { Interrupted } from '../../survival/interrupted';
import { stopSignal } from '../../survival/stop_signal';
import { commandLine } from '../../terminal/command_line';
import { whole } from '../../terminal/numbers';
import { progress } from '../../terminal/progress';
import type { Grid } from '../grid';
import type { Job } from '../job';
import { filesOf, type JobState } from '../job_state';
import { type PoolOptions, runInProcesses } from './pool';

/**
 * Does jobs on this machine and shows how far they are.
 *
 * @throws Interrupted when the process is asked to stop; InputError where jobs failed, naming the first and its log
 */
export async function runLocally(
  grid: Grid,
  left: readonly Job[],
  states: ReadonlyMap<string, JobState>,
  options: Pick<PoolOptions, 'processes' | 'threads'>,
): Promise<void> {
  const free = left.filter(({ name }) => states.get(name)?.is !== 'running');
  const program = { file: process.argv[1] as string, execArgv: process.execArgv };
  const undone = new Set(left.map(({ name }) => name));
  const { signal, end } = stopSignal('Stopping; every job is saved where it is.');
  const bar = progress('jobs', free.length);
  const running = new Set<Job>();
  const failed: { readonly job: Job; readonly why: string }[] = [];
  let done = 0;
  try {
    await runInProcesses(grid, free, undone, program, {
      ...{ ...options, signal },
      onBegin: (job) => running.add(job),
      onEnd(job, ending) {
        running.delete(job);
        if (ending.is === 'done') done += 1;
        if (ending.is === 'failed') {
          failed.push({ job, why: ending.why });
          consola.error(`${job.name}: ${ending.why}`);
        }
        bar.update(done, [...running].map(({ name }) => name).join(', '));
      },
    });
  } finally {
    end();
    if (done === free.length) bar.end('');
    else bar.stop();
  }
  const goOn = commandLine('grid', 'run', grid.out);
  if (signal.aborted) throw new Interrupted(`Stopped. Go on with: ${goOn}`);
  const [first] = failed;
  if (first) {
    const kept = left.length - done - failed.length;
    throw new InputError(
      `${whole(failed.length)} of ${whole(free.length)} jobs failed${kept > 0 ? `, and ${whole(kept)} that come after them were not begun` : ''}. ` +
        `The first was ${first.job.name}: ${first.why} Its log is ${filesOf(grid, first.job).log}. Try again with: ${goOn}`,
    );
  }
  if (done < left.length) {
    throw new InputError(
      `${whole(left.length - done)} jobs are being done by other processes, or come after those. See: ${commandLine('grid', 'status', grid.out)}`,
    );
  }
}
