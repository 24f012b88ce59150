import { InputError } from '../../input_error';
import { quoted } from '../../terminal/command_line';
import type { Grid } from '../grid';
import { ranges } from './arrays';
import type { SlurmOptions } from './slurm_options';

/** What an array's script is made of. */
export interface ArrayScript {
  /** Of the grid, whose folder says what its jobs are. */
  readonly grid: Pick<Grid, 'name' | 'out'>;
  /** Of the array: `2-pythia-small`. */
  readonly name: string;
  /** Which of its tasks are to run, from 1. */
  readonly tasks: readonly number[];
  /** The file that names the job of each task, a line each. */
  readonly list: string;
  /** Folder of what the jobs say. */
  readonly logs: string;
  /** Folder that relative paths start from. */
  readonly from: string;
  /** What starts archangel, as shell words. */
  readonly program: string;
  /** Of the model that its jobs are of. */
  readonly options: SlurmOptions;
}

/** Seconds before its end by the clock at which a job is asked to save and stop. */
const warning = 120;

/** The script of an array for `sbatch`, which a person can read, change and submit. */
export function arrayScript(array: ArrayScript): string {
  const { grid, name, list, options } = array;
  return `#!/bin/sh
# Jobs of the grid "${grid.name}" that come after none of each other: one of them a task, which the line
# of its number names in ${list}.
# By hand: sbatch THIS, or sbatch --array=3 THIS for the third alone. What comes before them has to be done then.
${head(array).join('\n')}

set -eu
${options.setup === undefined ? '' : `${options.setup.trimEnd()}\n`}name=$(sed -n "\${SLURM_ARRAY_TASK_ID}p" ${quoted(list)})
echo "${name}, task $SLURM_ARRAY_TASK_ID on $(hostname): $name"
${options.ranks === 1 ? '' : forSrun}# In place of the shell, so that it hears when Slurm asks it to stop.
exec ${started(array)} grid job ${quoted(grid.out)} --job "$name" --threads "$SLURM_CPUS_PER_TASK"
`;
}

/** What starts archangel, once for each rank. */
function started({ program, options: { ranks, launcher } }: ArrayScript): string {
  return ranks === 1 ? program : `${launcher} ${program}`;
}

/** What srun is to be told that other launchers do not read. */
const forSrun = `# A step has one core a rank unless it is told otherwise, and outlives a rank that dies.
export SRUN_CPUS_PER_TASK="$SLURM_CPUS_PER_TASK" SLURM_KILL_BAD_EXIT=1
`;

function head({ grid, name, tasks, logs, from, options }: ArrayScript): string[] {
  const { partition, account, qos, time, ranks, cpus, memory, atOnce, lines, stopSignal } = options;
  const asked = {
    'job-name': `${grid.name}-${name}`,
    array: ranges(tasks) + (atOnce === undefined ? '' : `%${atOnce}`),
    // Slurm fills in % in the names of files.
    output: `${`${logs}/${name}`.replaceAll('%', '%%')}-%A_%a.log`,
    'open-mode': 'append',
    chdir: from,
    ntasks: ranks === 1 ? undefined : `${ranks}`,
    'cpus-per-task': `${cpus}`,
    signal: `B:${ranks === 1 ? 'TERM' : stopSignal}@${warning}`,
    'kill-on-invalid-dep': 'yes',
    ...{ partition, account, qos, time, mem: memory },
  };
  const told = Object.entries(asked).flatMap(([key, value]) =>
    value === undefined ? [] : `--${key}=${directive(value)}`,
  );
  return [...told, ...lines].map((option) => `#SBATCH ${option}`);
}

/** As sbatch reads it as one value, which it does after rules of its own. */
function directive(value: string): string {
  if (/[\\\n\r]/.test(value)) {
    throw new InputError(`Slurm cannot be told of ${JSON.stringify(value)}: choose a folder without \\ in its name.`);
  }
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `"${value.replaceAll('"', '\\"')}"`;
}
