import { table } from '@halokit/evaluation';
import { duration } from '../terminal/duration';
import { whole } from '../terminal/numbers';
import type { Grid } from './grid';
import type { Job } from './job';
import type { JobState } from './job_state';

const kinds: Readonly<Record<Job['kind'], string>> = {
  world: 'worlds',
  base: 'models that learn to speak',
  reference: 'references asked',
  labels: 'answers labelled',
  cell: 'cells trained, sampled, judged',
};

const endings: readonly JobState['is'][] = ['done', 'running', 'failed', 'changed', 'waiting'];

/** How far a grid is: by kind, then what runs and what failed. */
export function statusText({ jobs }: Grid, states: ReadonlyMap<string, JobState>): string {
  const state = ({ name }: Job) => states.get(name) as JobState;
  const shown = endings.filter((is) => is === 'done' || is === 'waiting' || jobs.some((job) => state(job).is === is));
  const rows = (Object.keys(kinds) as Job['kind'][]).flatMap((kind) => {
    const of = jobs.filter((job) => job.kind === kind);
    const count = (is: JobState['is']) => whole(of.filter((job) => state(job).is === is).length);
    return of.length === 0 ? [] : [[kinds[kind], ...shown.map(count)]];
  });
  const details = jobs.flatMap((job) => detail(job, state(job)) ?? []);
  const seconds = jobs.reduce((sum, job) => sum + secondsOf(state(job)), 0);
  return [
    table(['jobs', ...shown], rows),
    ...(details.length > 0 ? [details.join('\n')] : []),
    `What is done took ${duration(seconds)} of one process.`,
  ].join('\n\n');
}

/** Every job, with what it comes after. */
export function jobLines({ jobs }: Grid, states: ReadonlyMap<string, JobState>): string {
  const rows = jobs.map((job) => [job.name, states.get(job.name)?.is ?? '', job.after.join(', ')]);
  return table(['job', 'state', 'after'], rows, ['left', 'left', 'left']);
}

function secondsOf(state: JobState): number {
  return state.is === 'done' ? state.seconds : 0;
}

function detail({ name }: Job, state: JobState): string | undefined {
  if (state.is === 'running') {
    return `${name} is running on ${state.claim.host} (process ${state.claim.pid}) since ${state.claim.since}.`;
  }
  if (state.is === 'failed') return `${name} failed: ${state.why}`;
  if (state.is === 'changed') return `${name} was done with other settings than the grid has now.`;
  return undefined;
}
