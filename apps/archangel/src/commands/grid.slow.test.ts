import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { archangel } from '../../test/archangel';
import { realData, withoutRealData } from '../../test/real_data';
import { loadGrid } from '../grid/grid';
import { statesOf } from '../grid/job_state';

const folder = mkdtempSync(join(tmpdir(), 'slice-'));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A slice of the miniature, with a cache of its own. */
function runSlice(out: string, grid = 'miniature-slice') {
  vi.stubEnv('XDG_CACHE_HOME', join(folder, `${out}-cache`));
  return archangel('grid', 'run', grid, '--out', join(folder, out));
}

async function jobsDone(out: string): Promise<string[]> {
  const states = await statesOf(await loadGrid('miniature-slice', { out: join(folder, out) }));
  return [...states].flatMap(([name, { is }]) => (is === 'done' ? [name] : []));
}

async function until(out: string, done: number): Promise<void> {
  while ((await jobsDone(out)).length < done) await setTimeout(200);
}

/** A process that does jobs in the folder. */
function workerOf(out: string): number {
  const found = readdirSync('/proc').find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`work\0${join(folder, out)}`);
    } catch {
      return false;
    }
  });
  return Number(found);
}

test('a slice of the miniature, killed and stopped on the way, comes to what it would have come to', async () => {
  const first = runSlice('stopped');
  await until('stopped', 3);
  process.kill(workerOf('stopped'), 'SIGKILL');
  const killed = await first.ended;
  expect(killed.text).toContain('its process ended (SIGKILL)');
  expect(killed.status).toBe(1);
  const before = await jobsDone('stopped');
  const second = runSlice('stopped');
  await until('stopped', before.length + 3);
  second.child.kill('SIGINT');
  expect(await second.ended).toMatchObject({
    ...{ status: 130, text: expect.stringContaining('Go on with: archangel grid run') },
  });
  const third = await runSlice('stopped').ended;
  expect(third.status, third.text).toBe(0);
  const { jobs } = await loadGrid('miniature-slice', { out: join(folder, 'stopped') });
  expect((await jobsDone('stopped')).length).toBe(jobs.length);

  const few = join(folder, 'few.yaml');
  const { config } = await loadGrid('miniature-slice');
  writeFileSync(few, stringify({ ...config, methods: ['unaligned', 'sft'], sweeps: {} }));
  const whole = await runSlice('whole', few).ended;
  expect(whole.status, whole.text).toBe(0);
  const answers = (out: string, cell: string) => readFileSync(join(folder, out, cell, 'sft-completions.jsonl'), 'utf8');
  for (const cell of ['pythia-small', 'llama-small'].flatMap((model) => [
    `${model}/seed-1/unaligned`,
    `${model}/seed-1/sft`,
  ]))
    expect(answers('stopped', cell), cell).toBe(answers('whole', cell));
});

test.skipIf(withoutRealData)('HH and OASST rows from disk, with the GPT-NeoX tokenizer and a small model', async () => {
  const data = `hh:${realData('hh-rlhf/harmless-base-test.jsonl.gz')}+oasst:${realData('oasst1/en-validation.messages.jsonl.gz')}`;
  const few = ['--rows', '240', '--batch-size', '16', '--max-steps', '4'];
  const both = (...flags: readonly string[]) =>
    ['base', 'train'].flatMap((part) => flags.map((flag) => flag.replace(/^--/, `--${part}.`)));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'real-cache'));
  const out = join(folder, 'real');
  const given = [
    ...both('--data', data, ...few),
    ...['--base.tokenizer', realData('tokenizers/gpt-neox-20b')],
    ...['--methods', '[dpo, kto]', '--sample.prompts', '8', '--sample.max-new-tokens', '8'],
  ];
  const run = await archangel('grid', 'run', 'real-rows', '--out', out, ...given).ended;
  expect(run.status, run.text).toBe(0);
  const report = await archangel('grid', 'report', out).ended;
  expect(report.status, report.text).toBe(0);
  const text = readFileSync(join(out, 'report/report.md'), 'utf8');
  expect(text).toContain('| kto |');
  const { cells, missing } = JSON.parse(readFileSync(join(out, 'report/results.json'), 'utf8'));
  expect([cells.length, missing]).toEqual([2, []]);
  for (const { heldOut } of cells) expect(Object.values(heldOut).every(Number.isFinite)).toBe(true);
});
