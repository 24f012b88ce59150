import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { claimJob, claimName, claimOf } from './claim';

const folder = mkdtempSync(join(tmpdir(), 'claim-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const since = '2026-01-02T03:04:05.678Z';

/** Of a process that has ended. */
const nobody = spawnSync(process.execPath, ['--version']).pid;

function claimed(name: string, host: string): string {
  const claim = join(folder, name);
  mkdirSync(claim);
  writeFileSync(join(claim, claimName({ host, pid: nobody, since })), '');
  return claim;
}

test('one process has a job until it gives it back', async () => {
  const claim = join(folder, 'deep', 'job.claim');
  const release = await claimJob(claim);
  expect(await claimOf(claim)).toMatchObject({ host: hostname(), pid: process.pid });
  expect(await claimJob(claim)).toBeUndefined();
  await release?.();
  expect(await claimOf(claim)).toBeUndefined();
  await (await claimJob(claim))?.();
});

test('a job of a process that is no more is nobody’s, and one of many takes it', async () => {
  for (let round = 0; round < 30; round++) {
    const claim = claimed(`dead-${round}`, hostname());
    expect(await claimOf(claim)).toBeUndefined();
    await oneTakes(claim);
  }
});

test('a job that nobody has is taken by one of many, also where its folder was left empty', async () => {
  for (let round = 0; round < 30; round++) {
    const claim = join(folder, `free-${round}`);
    if (round % 2) mkdirSync(claim);
    await oneTakes(claim);
  }
});

/** Of twenty that come at different moments of each other's. */
async function oneTakes(claim: string) {
  const taken = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      await setTimeout(index % 4);
      return claimJob(claim);
    }),
  );
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect(await claimOf(claim)).toMatchObject({ host: hostname(), pid: process.pid });
  await taken.find(Boolean)?.();
  expect(readdirSync(folder).filter((name) => name.startsWith(basename(claim)))).toEqual([]);
}

test('a job of another machine is its own as long as it is heard of', async () => {
  const claim = claimed('far', 'else-where.example');
  expect(await claimOf(claim)).toEqual({ host: 'else-where.example', pid: nobody, since });
  expect(await claimJob(claim)).toBeUndefined();
  const long = new Date(Date.now() - 180_000);
  const [file] = readdirSync(claim) as [string];
  utimesSync(join(claim, file), long, long);
  expect(await claimOf(claim)).toBeUndefined();
  const release = await claimJob(claim);
  expect(await claimOf(claim)).toMatchObject({ host: hostname() });
  await release?.();
});
