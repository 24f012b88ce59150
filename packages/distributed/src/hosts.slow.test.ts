import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { type Hosts, hosts } from '../test/hosts';
import { type Launcher, launchers, missingLauncher } from '../test/launchers';

// Ranks that wait for each other would do so for ever.
vi.setConfig({ testTimeout: 120_000 });

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const file = fileURLToPath(new URL('../test/on_hosts.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'on-hosts-'));
const made = hosts(2);
afterAll(() => {
  if (typeof made !== 'string') made.stop();
  rmSync(folder, { recursive: true, force: true });
});

if (typeof made === 'string') test.skip(`several hosts: ${made}`, () => {});
else {
  describe.each(launchers)('two hosts, by %s', (launcher) => {
    const missing = missingLauncher(launcher);
    if (missing) test.skip(missing, () => {});
    else {
      test('ranks are on hosts of their own, and reach each other', () => reach(made, launcher));
      test('a cable that is pulled in the middle of an all-reduce ends every rank, with a line that says why', () =>
        cut(made, launcher));
    }
  });
}

async function reach(made: Hosts, launcher: Launcher): Promise<void> {
  made.limit(1e9);
  const log = join(folder, `${launcher}-sum`);
  const run = made.start(launcher, program(log, 'sum'));
  const ended = await Promise.race([run.ended, setTimeout(100_000, undefined)]);
  const said = linesOf(log)
    .filter(({ host }) => host !== undefined)
    .sort((a, b) => Number(a.rank) - Number(b.rank));
  expect(ended?.status, run.said()).toBe(0);
  expect(said).toMatchObject([
    { rank: 0, size: 2, first: 3, last: 3 },
    { rank: 1, size: 2, first: 3, last: 3 },
  ]);
  expect(new Set(said.map(({ host }) => host)).size).toBe(2);
}

async function cut(made: Hosts, launcher: Launcher): Promise<void> {
  // Slow, so that nearly all of the time is within MPI.
  made.limit(20e6);
  const log = join(folder, `${launcher}-busy`);
  const run = made.start(launcher, program(log, 'busy', '3'));
  const over = run.ended.then(() => true);
  const soon = () => Promise.race([over, setTimeout(100, false)]);
  while (!linesOf(log).some(({ busy }) => busy) && !(await soon()));
  made.cut(1);
  const began = performance.now();
  const ranksLeft = () => linesOf(log).filter(({ pid }) => pid !== undefined && isThere(Number(pid)));
  while (ranksLeft().length > 0 && performance.now() - began < 30_000) await setTimeout(200);
  expect(ranksLeft()).toEqual([]);
  const errors = linesOf(log).filter(({ name }) => name !== undefined);
  expect(errors.map(({ rank, name }) => `${rank} ${name}`).sort()).toEqual([
    '0 SilentRanksError',
    '1 SilentRanksError',
  ]);
  // Hydra ends with the first rank; Open MPI's mpirun waits to hear from the host that is cut off.
  const launcherEnds = await Promise.race([run.ended, setTimeout(1000, undefined)]);
  expect(launcherEnds?.status).toBe(launcher === 'mpich' ? 7 : undefined);
  for (const host of [0, 1]) for (const pid of made.processes(host)) process.kill(pid, 'SIGKILL');
  made.mend(1);
}

function program(log: string, ...args: readonly string[]): string[] {
  return [process.execPath, '--import', tsx, file, log, ...args];
}

function linesOf(log: string): Record<string, unknown>[] {
  try {
    return readFileSync(log, 'utf8')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  } catch {
    return [];
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
