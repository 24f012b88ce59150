import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { type Launcher, launchers, missingLauncher } from '../../test/launchers';
import { launcherOf } from './launcher';

// Ranks that wait for each other would do so for ever.
vi.setConfig({ testTimeout: 120_000 });

const family = { openmpi: 'Open MPI', mpich: 'MPICH' } as const;
const fromSource = ['--conditions=@halokit/source', '--import', createRequire(import.meta.url).resolve('tsx')];
const tasks = fileURLToPath(new URL('../../test/ranks.ts', import.meta.url));

interface Ended {
  /** What ranks printed, a line of JSON each. */
  readonly lines: Readonly<Record<string, unknown>>[];
  /** What the launcher had to say. */
  readonly text: string;
  readonly status: number | null;
  readonly seconds: number;
}

/** Runs a task of test/ranks.ts, by a launcher or without one. */
function run(launcher: Launcher | undefined, ranks: number, ...task: string[]): Promise<Ended> {
  return runProgram(launcher, ranks, tasks, ...task);
}

async function runProgram(launcher: Launcher | undefined, ranks: number, ...program: string[]): Promise<Ended> {
  const begun = performance.now();
  const by = launcher
    ? [`mpirun.${launcher}`, ...(launcher === 'openmpi' ? ['--oversubscribe'] : []), '-np', `${ranks}`]
    : [];
  const [file, ...args] = [...by, process.execPath, ...fromSource, ...program] as [string, ...string[]];
  const child = spawn(file, args, {
    // Open MPI gives its ranks a terminal.
    env: { ...process.env, NO_COLOR: '1', ...asRoot, ...(ranks > availableParallelism() && crowded) },
  });
  const said = { stdout: '', stderr: '' };
  for (const way of ['stdout', 'stderr'] as const) {
    child[way].setEncoding('utf8').on('data', (text: string) => {
      said[way] += text;
    });
  }
  const status = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  const lines = said.stdout.split('\n').filter((line) => line.startsWith('{'));
  return {
    lines: lines.map((line) => JSON.parse(line)),
    text: said.stdout + said.stderr,
    status,
    seconds: (performance.now() - begun) / 1000,
  };
}

const asRoot = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
/** MPICH's ranks would each use up their share of time waiting for one that has none. */
const crowded = { MPIR_CVAR_POLLS_BEFORE_YIELD: '1' };

const missing = launchers.flatMap((launcher) => missingLauncher(launcher) ?? []);
const present = launchers.filter((launcher) => !missingLauncher(launcher));

test.skipIf(missing.length === 0)(`launchers that are missing: ${missing.join('; ')}`, ({ skip }) => skip());

describe.each(present)('%s', (launcher) => {
  test.each([1, 2, 3, 4])('connects %i ranks: all calls, and the same bits on each', async (ranks) => {
    const { lines, text, status } = await run(launcher, ranks, 'collectives');
    expect(status, text).toBe(0);
    const results = lines.filter(({ hash }) => hash);
    expect(results.map(({ rank }) => rank).sort()).toEqual(Array.from({ length: ranks }, (_, rank) => rank));
    for (const result of results) expect(result).toMatchObject({ size: ranks, library: family[launcher] });
    expect(new Set(results.map(({ hash }) => hash)).size).toBe(1);
    expect(
      lines.filter(({ after }) => after === 'This rank has taken leave of the others: finish() was called.'),
    ).toHaveLength(ranks);
    if (ranks !== 3) return;
    const again = await run(launcher, ranks, 'collectives');
    expect(again.lines.find(({ hash }) => hash)?.hash).toBe(results[0]?.hash);
  });

  test('runs the program of the README', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const code = /```ts\n(\/\/ mean\.mjs:.*?)```/s.exec(readme)?.[1] ?? '';
    const [, printed] = /mpirun -np 4 node mean\.mjs +# prints (\S+)/.exec(readme) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'readme-'));
    try {
      const file = join(folder, 'mean.mjs');
      writeFileSync(file, code.replace('@halokit/distributed', new URL('../index.ts', import.meta.url).href));
      const { text, status } = await runProgram(launcher, 4, file);
      expect(status, text).toBe(0);
      expect(text.trim().split('\n')).toContain(printed);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('refuses calls that differ, on every rank', async () => {
    const { lines } = await run(launcher, 3, 'different');
    const words =
      "DifferentCallsError: The ranks do not make the same calls: rank 0 called barrier(), and rank 1 allReduce(Float32Array(3), 'sum').";
    expect(lines).toHaveLength(3);
    for (const { said } of lines)
      expect(said).toEqual([expect.stringContaining(words), expect.stringContaining(words)]);
  });

  test('refuses a library that is not the launcher’s', async () => {
    const other = launcher === 'openmpi' ? 'libmpich.so.12' : 'libmpi.so.40';
    const wrong = await run(launcher, 2, 'setup', other);
    const message = missing.length > 0 ? 'is no MPI library' : `which goes with ${family[launcher]}. Name a library of`;
    for (const line of wrong.lines)
      expect(line).toMatchObject({ name: 'MpiSetupError', message: expect.stringContaining(message) });
    expect(wrong.lines).toHaveLength(2);
    const misfit = await run(launcher, 2, 'misfit');
    expect(misfit.lines).toHaveLength(2);
    for (const { message } of misfit.lines)
      expect(message).toMatch(
        /says that this is rank [01] of 2, .* that it is [01] of 9\. They do not belong together/,
      );
  });

  test('ends every rank within 30 s of the death of one', async () => {
    const { lines, status, seconds } = await run(launcher, 3, 'killed');
    expect(lines.filter(({ busy }) => busy).length, 'ranks that were at work').toBeGreaterThan(0);
    expect(status).not.toBe(0);
    // With starting.
    expect(seconds).toBeLessThan(45);
    await expectGone(lines);
  });

  test.each(['stopped', 'absent'])('loses patience with a rank that is %s', async (task) => {
    const { lines, text, status } = await run(launcher, 2, task);
    const call = task === 'absent' ? 'barrier()' : "allReduce(Float32Array(16777216), 'sum')";
    const seconds = task === 'absent' ? 1 : 2;
    const error = lines.find(({ rank, name }) => rank === 0 && name);
    expect(error, text).toMatchObject({
      name: 'SilentRanksError',
      message: expect.stringContaining(`for ${seconds} seconds in ${call}`),
    });
    expect(status).toBe(7);
    await expectGone(lines);
  });

  test('ends at once where a rank aborts', async () => {
    const { lines, status } = await run(launcher, 2, 'aborted');
    expect(status).toBe(3);
    await expectGone(lines);
  });

  test.each(['engine-first', 'engine-after'])('goes with ONNX Runtime: %s', async (when) => {
    const { lines, text, status } = await run(
      undefined,
      1,
      'setup',
      launcher === 'openmpi' ? 'libmpi.so.40' : 'libmpich.so.12',
      when,
    );
    expect(status, text).toBe(0);
    expect(lines).toEqual([{ size: 1, product: 11 }]);
  });
});

/** No process that said its number is left, but for as long as its memory takes to be given back. */
async function expectGone(lines: Ended['lines']): Promise<void> {
  for (const { pid } of lines) {
    if (typeof pid !== 'number') continue;
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 10_000, interval: 200 });
  }
}

test.skipIf(missing.length > 0)('two libraries and no launcher: both are named', async () => {
  expect(launcherOf(process.env)).toBeUndefined();
  const { lines } = await run(undefined, 1, 'setup');
  expect(lines[0]?.message).toMatch(
    /two MPI libraries, .*libmpi\.so.* \(Open MPI .*\) and .*libmpich\.so.* \(MPICH .*\), and no launcher/,
  );
});
