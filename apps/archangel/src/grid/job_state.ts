import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Claim, claimOf } from './claim';
import type { Grid } from './grid';
import type { Job } from './job';

/** How far a job is. */
export type JobState =
  | { readonly is: 'done'; readonly seconds: number }
  /** It was done, but the grid's file asks for something else now. */
  | { readonly is: 'changed' }
  | { readonly is: 'running'; readonly claim: Claim }
  | { readonly is: 'failed'; readonly why: string }
  | { readonly is: 'waiting' };

/** What a job leaves in its folder when it is done. */
export interface DoneFile {
  readonly fingerprint: string;
  readonly seconds: number;
}

/** What stands beside the folders: a job's folder is removed where it begins anew. */
interface JobFiles {
  readonly done: string;
  readonly claim: string;
  readonly log: string;
  /** Its fingerprint, from when it begins. */
  readonly begun: string;
  /** Why it failed, in a line. */
  readonly failed: string;
  /** There from when it is tried for the last time. */
  readonly lastTry: string;
}

export function filesOf({ out }: Pick<Grid, 'out'>, { name }: Pick<Job, 'name'>): JobFiles {
  const beside = join(out, 'jobs', name);
  return {
    done: join(out, name, 'done.json'),
    claim: `${beside}.claim`,
    log: `${beside}.log`,
    begun: `${beside}.begun`,
    failed: `${beside}.failed`,
    lastTry: `${beside}.last-try`,
  };
}

export async function stateOf(grid: Pick<Grid, 'out'>, job: Job): Promise<JobState> {
  const files = filesOf(grid, job);
  const done = await textOf(files.done);
  if (done !== undefined) {
    const { fingerprint, seconds } = JSON.parse(done) as DoneFile;
    return fingerprint === job.fingerprint ? { is: 'done', seconds } : { is: 'changed' };
  }
  const claim = await claimOf(files.claim);
  if (claim) return { is: 'running', claim };
  const why = await textOf(files.failed);
  return why === undefined ? { is: 'waiting' } : { is: 'failed', why };
}

/** Of every job, by its name. */
export async function statesOf(grid: Grid): Promise<ReadonlyMap<string, JobState>> {
  const states = grid.jobs.map(async (job) => [job.name, await stateOf(grid, job)] as const);
  return new Map(await Promise.all(states));
}

/** The text of a file; undefined where there is none. */
export async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
}
