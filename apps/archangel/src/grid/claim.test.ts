import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { claimJob, claimOf } from './claim';

const folder = mkdtempSync(join(tmpdir(), 'claim-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of a process that has ended. */
const nobody = spawnSync(process.execPath, ['--version']).pid;

function claimed(name: string, claim: object): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(claim));
  return file;
}

test('one process has a job until it gives it back', async () => {
  const file = join(folder, 'deep', 'job.claim');
  const release = await claimJob(file);
  expect(await claimOf(file)).toMatchObject({ host: hostname(), pid: process.pid });
  expect(await claimJob(file)).toBeUndefined();
  await release?.();
  expect(await claimOf(file)).toBeUndefined();
  await (await claimJob(file))?.();
});

test('a job of a process that is no more is nobody’s, and one of many takes it', async () => {
  const file = claimed('dead', { host: hostname(), pid: nobody, since: '' });
  expect(await claimOf(file)).toBeUndefined();
  const taken = await Promise.all(Array.from({ length: 20 }, () => claimJob(file)));
  expect(taken.filter(Boolean)).toHaveLength(1);
  await taken.find(Boolean)?.();
  expect(readdirSync(folder).filter((name) => name.includes('abandoned'))).toEqual([]);
});

test('a job of another machine is its own as long as it is heard of', async () => {
  const file = claimed('far', { host: 'elsewhere', pid: nobody, since: '' });
  expect(await claimOf(file)).toBeDefined();
  expect(await claimJob(file)).toBeUndefined();
  const long = new Date(Date.now() - 180_000);
  utimesSync(file, long, long);
  expect(await claimOf(file)).toBeUndefined();
  await (await claimJob(file))?.();
});
