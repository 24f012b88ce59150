import { join } from 'node:path';
import type { Grid } from '../grid';
import type { JobArray } from './arrays';

/** What is written of an array. */
export interface ArrayFiles {
  /** For `sbatch`. */
  readonly script: string;
  /** Names of its jobs, a line each. */
  readonly list: string;
}

/** Folders in that of the grid. */
export function slurmFolders({ out }: Pick<Grid, 'out'>): { readonly scripts: string; readonly logs: string } {
  return { scripts: join(out, 'slurm'), logs: join(out, 'slurm', 'logs') };
}

export function arrayFiles(grid: Pick<Grid, 'out'>, { name }: Pick<JobArray, 'name'>): ArrayFiles {
  const { scripts } = slurmFolders(grid);
  return { script: join(scripts, `${name}.sbatch`), list: join(scripts, `${name}.jobs`) };
}

export function listOf({ jobs }: JobArray): string {
  return jobs.map(({ name }) => `${name}\n`).join('');
}
