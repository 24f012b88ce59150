import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Grid } from '../grid';
import type { Job } from '../job';
import { runInProcesses } from './pool';

const program = { file: fileURLToPath(new URL('../../../test/pool_program.mjs', import.meta.url)), execArgv: [] };
const job = (name: string, after: readonly string[] = [], model = 'm'): Job => ({
  ...{ name, after, model, kind: 'cell', seed: 1, steps: [], fingerprint: '' },
});

/** What happened, in order: `+a` begins, `-a done` ends. */
async function happened(jobs: readonly Job[], { processes = 2, stopAt = '' } = {}): Promise<string[]> {
  const events: string[] = [];
  const stop = new AbortController();
  await runInProcesses({ out: 'nowhere' } as Grid, jobs, new Set(jobs.map(({ name }) => name)), program, {
    ...{ processes, threads: 1, signal: stop.signal },
    onBegin({ name }) {
      events.push(`+${name}`);
      // Once its process listens.
      if (name === stopAt) setTimeout(() => stop.abort(), 500);
    },
    onEnd: ({ name }, ending) => events.push(`-${name} ${ending.is}${ending.is === 'failed' ? `: ${ending.why}` : ''}`),
  });
  return events;
}

test('each job begins when those before it are done, no more at once than there are processes', async () => {
  const jobs = [job('base'), job('a', ['base']), job('b', ['base']), job('c', ['a', 'b']), job('other', [], 'n')];
  const events = await happened(jobs);
  expect(events.filter((event) => event.endsWith('done'))).toHaveLength(5);
  const at = (event: string) => events.indexOf(event);
  for (const { name, after } of jobs) {
    for (const before of after) expect(at(`-${before} done`)).toBeLessThan(at(`+${name}`));
  }
  let running = 0;
  for (const event of events) {
    running += event.startsWith('+') ? 1 : -1;
    expect(running).toBeLessThanOrEqual(2);
  }
});

test('what fails or is killed keeps back what comes after it, and nothing else', async () => {
  const jobs = [job('failing'), job('behind', ['failing']), job('killed'), job('behind it', ['killed']), job('fine')];
  const events = await happened(jobs);
  expect(events.filter((event) => event.startsWith('-')).sort()).toEqual([
    '-failing failed: it says so',
    '-fine done',
    '-killed failed: its process ended (SIGKILL)',
  ]);
  expect(events.join()).not.toContain('+behind');
});

test('stopped, it tells those that run, and begins nothing more', async () => {
  // The one answers the signal, the other is ended by it.
  const jobs = [job('deaf'), job('endless'), job('waiting'), job('behind', ['endless'])];
  const events = await happened(jobs, { stopAt: 'endless' });
  expect(events.sort()).toEqual(['+deaf', '+endless', '-deaf interrupted', '-endless interrupted']);
});
