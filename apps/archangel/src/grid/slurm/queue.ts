import { readFile } from 'node:fs/promises';
import { InputError } from '../../input_error';
import type { Grid } from '../grid';
import { arrayFiles, listOf } from './array_files';
import { arraysOf } from './arrays';
import { callSlurm } from './call_slurm';

/** A task of a script that waits or runs. */
interface Task {
  readonly array: string;
  readonly number: string;
  readonly script: string;
}

/**
 * Jobs of a grid that Slurm has already, by name: the number of the array that each is in.
 *
 * @throws InputError where the queue holds tasks of arrays that have other jobs by now
 */
export async function queuedJobs(grid: Grid): Promise<ReadonlyMap<string, string>> {
  const tasks = await queuedTasks();
  const queued = new Map<string, string>();
  for (const array of arraysOf(grid.jobs)) {
    const files = arrayFiles(grid, array);
    const own = tasks.filter(({ script }) => script === files.script);
    if (own.length === 0) continue;
    // Tasks that wait will read the list when they begin.
    if ((await readFile(files.list, 'utf8')) !== listOf(array)) {
      const ids = [...new Set(own.map(({ array }) => array))].join(' ');
      throw new InputError(
        `${array.name}: the grid has other jobs than when it was submitted, and Slurm still has some of those. ` +
          `Wait until they have ended, or take them back with: scancel ${ids}`,
      );
    }
    for (const { array: id, number } of own) {
      const job = array.jobs[Number(number) - 1];
      if (job) queued.set(job.name, id);
    }
  }
  return queued;
}

/** Of whoever submits. Tasks that are just ending are not among them. */
async function queuedTasks(): Promise<Task[]> {
  const lines = await callSlurm('squeue', '--me', '--noheader', '--array', '--format=%F|%K|%T|%o');
  return lines.split('\n').flatMap((line) => {
    const [array = '', number = '', state, ...script] = line.split('|');
    return number === '' || state === 'COMPLETING' ? [] : [{ array, number, script: script.join('|') }];
  });
}
