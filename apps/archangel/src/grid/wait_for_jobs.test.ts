import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { gridOfJobs } from '../../test/grid_of_jobs';
import { Interrupted } from '../survival/interrupted';
import { claimName } from './claim';
import type { Job } from './job';
import { filesOf } from './job_state';
import { lastTriedAt, performLastTry } from './last_try';
import { waitForJobs } from './wait_for_jobs';

const folder = mkdtempSync(join(tmpdir(), 'waiting-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** A grid in a folder of its own, its `sft` job, and what it comes after. */
function waiting(name: string) {
  const grid = gridOfJobs(join(folder, name));
  const [world, base, sft] = grid.jobs as [Job, Job, Job];
  const write = (file: string, text: string) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const done = (job: Job) =>
    write(filesOf(grid, job).done, JSON.stringify({ fingerprint: job.fingerprint, seconds: 1 }));
  const failed = (job: Job) => write(filesOf(grid, job).failed, 'Out of luck.');
  return { grid, world, base, sft, done, failed, write };
}

const claimOfAnother = claimName({ host: 'another', pid: 1, since: '2026-01-02T03:04:05.678Z' });
const soon = () => Date.now() + 50;
const late = () => Date.now() + 30_000;

test('a job is waited for until all before it are done', async () => {
  const { grid, world, base, sft, done } = waiting('all');
  done(world);
  expect(await waitForJobs(grid, sft, { until: soon(), pause: 5 })).toBe(false);
  const ready = waitForJobs(grid, sft, { until: late(), pause: 5 });
  await setTimeout(20);
  done(base);
  expect(await ready).toBe(true);
});

test('who waits for a job that failed fails, unless it is to be tried again', async () => {
  const { grid, world, base, sft, done, failed } = waiting('failed');
  done(world);
  failed(base);
  await expect(waitForJobs(grid, sft, { until: late() })).rejects.toThrow(
    'a/seed-1/sft: comes after a/seed-1/base, which failed: Out of luck.',
  );
  const file = filesOf(grid, base).failed;
  utimesSync(file, new Date('2026-01-01'), new Date('2026-01-01'));
  const again = { since: Date.parse('2026-01-02'), pause: 5 };
  expect(await waitForJobs(grid, sft, { ...again, until: soon() })).toBe(false);
  const waits = waitForJobs(grid, sft, { ...again, until: late() });
  failed(base);
  await expect(waits).rejects.toThrow('which failed');
});

test('what failed further back ends the waiting too, and so does a process that was killed in its last try', async () => {
  const { grid, world, base, sft, done, failed, write } = waiting('further');
  const last = grid.jobs.find(({ after }) => after.includes(sft.name)) as Job;
  done(world);
  const { lastTry, claim } = filesOf(grid, base);
  write(lastTry, '');
  write(join(claim, claimOfAnother), '');
  expect(await waitForJobs(grid, last, { until: soon(), pause: 5 })).toBe(false);
  rmSync(claim, { recursive: true });
  const waits = () => waitForJobs(grid, last, { until: late() });
  await expect(waits()).rejects.toThrow('after a/seed-1/sft, and that after a/seed-1/base, whose process was killed');
  failed(base);
  await expect(waits()).rejects.toThrow('after a/seed-1/sft, and that after a/seed-1/base, which failed: Out of luck.');
});

test('a last try is noted while it may be killed, and not when it was asked to stop', async () => {
  const { grid, base } = waiting('last');
  const during = performLastTry(grid, base, async () => {
    expect(await lastTriedAt(grid, base)).toBeGreaterThan(0);
    throw new Interrupted('Stopped.');
  });
  await expect(during).rejects.toThrow('Stopped.');
  expect(await lastTriedAt(grid, base)).toBeUndefined();
});

test('another process that is at the job is waited for', async () => {
  const { grid, world, base, sft, done, write } = waiting('claimed');
  for (const job of [world, base]) done(job);
  const { claim } = filesOf(grid, sft);
  write(join(claim, claimOfAnother), '');
  expect(await waitForJobs(grid, sft, { until: soon(), pause: 5 })).toBe(false);
  rmSync(claim, { recursive: true });
  expect(await waitForJobs(grid, sft, { until: soon() })).toBe(true);
});
