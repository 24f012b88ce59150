import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { answeringRun, pairsFile } from '../../test/answering_run';
import type { Archangel } from '../../test/archangel';
import { type Launcher, launched, launchedUnlike, launchers } from '../../test/launched';
import { runHere } from '../../test/run_here';

// Ranks that wait for each other would do so for ever.
vi.setConfig({ testTimeout: 600_000 });

const folder = mkdtempSync(join(tmpdir(), 'ranks-'));
const at = (...path: string[]) => join(folder, ...path);
const text = (...path: string[]) => readFileSync(at(...path), 'utf8');
const linesIn = (...path: string[]) => text(...path).split('\n').length - 1;

/** In chunks of two, so that there are many, the last of one prompt. */
const sample = (out: string) => [
  ...['sample', at('run'), '--out', at(out), '--rows-at-once', '2', '--prompts', '99', '--max-new-tokens', '40'],
  ...['--threads', '1'],
];
const judge = (out: string) => ['judge', at(out, 'kto'), '--judge', at('rm'), '--threads', '1'];
const answers = 'kto-completions.jsonl';

beforeAll(async () => {
  const data = pairsFile(at('a.jsonl'), 'a', 200);
  await answeringRun(at('run'), { method: 'kto', data, seed: 1, heldOut: 0.5 }, ['kto']);
  await answeringRun(at('rm'), { method: 'bradleyTerry', data, seed: 1, heldOut: 0.5 }, ['bradleyTerry']);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('one rank answers and judges, as others are to', async () => {
  for (const command of [sample('one'), judge('one')]) expect((await runHere(...command)).status).toBe(0);
});

for (const launcher of launchers) {
  const { name, skipped, stops } = launcher;
  test.skipIf(skipped !== '')(
    `answers of ranks of ${name}, stopped and gone on with, are those of one${skipped}`,
    async () => {
      const stopped = launched(launcher, 2, ...sample(name));
      const hasBegun = () => existsSync(at(name, answers)) && linesIn(name, answers) > 0;
      while (!hasBegun() && stopped.child.exitCode === null) await setTimeout(1);
      stopped.child.kill(stops);
      const { status, text: said } = await stopped.ended;
      expect(said).toContain(`Stopped. Go on with: mpirun -np 2 archangel sample ${at('run')}`);
      expect(status).not.toBe(0);
      const kept = linesIn(name, answers);
      expect(kept > 0 && kept < 99 && kept % 2 === 0, `${kept} answers`).toBe(true);
      expect(text('one', answers).startsWith(text(name, answers))).toBe(true);

      if (name === 'mpich') expect((await runHere(...sample(name))).status).toBe(0);
      else {
        const further = await succeeded(launched(launcher, 3, ...sample(name)));
        expect(further).toMatch(/; 3 ranks on .*, by Open MPI v?\d/);
        expect(further.match(/Prompts: 99/g)).toHaveLength(1);
      }
      expect(text(name, answers)).toBe(text('one', answers));
      expect(readdirSync(at(name))).toEqual(readdirSync(at('one')).filter((file) => !file.startsWith('kto-judg')));
    },
  );
}

const there = launchers.filter(({ skipped }) => skipped === '');

test.skipIf(there.length === 0)('judgments by a reward model on ranks are those of one', async () => {
  const made = readdirSync(at('one')).filter((file) => file.startsWith('kto-judg'));
  cpSync(at('one'), at('judged'), { recursive: true });
  for (const file of made) rmSync(at('judged', file));
  await succeeded(launched(there.at(-1) as Launcher, 2, ...judge('judged')));
  const [figures = '', pairs = ''] = made;
  const verdicts = (out: string) => text(out, pairs).replaceAll(/"said":"[^"]*"/g, '');
  expect(text('judged', figures)).toBe(text('one', figures));
  expect(verdicts('judged')).toBe(verdicts('one'));
});

test.skipIf(there.length === 0)('a judge that is a program is asked by rank 0 alone', async () => {
  const asked = at('asked');
  writeFileSync(
    at('judge.mjs'),
    `import { appendFileSync } from 'node:fs';
    export default ({ first, second }) => {
      appendFileSync(${JSON.stringify(asked)}, process.pid + '\\n');
      return first.length < second.length ? 'first' : 'second';
    };`,
  );
  await succeeded(launched(there[0] as Launcher, 2, 'judge', at('one', 'kto'), '--judge', at('judge.mjs')));
  const processes = readFileSync(asked, 'utf8').trimEnd().split('\n');
  expect(processes).toHaveLength(2 * 99);
  expect(new Set(processes).size).toBe(1);
});

test.skipIf(there.length === 0)('ranks that are asked for different things refuse, in a line', async () => {
  const unlike = [sample('unlike'), [...sample('unlike'), '--seed', '2']];
  const { status, text: said } = await launchedUnlike(there[0] as Launcher, unlike).ended;
  expect(said).toMatch(
    /error\W+seed is 1 on rank 0 \(.*\) and 2 on rank 1 \(.*\)\. Start every rank by the same command/i,
  );
  expect(said.match(/seed is/g)).toHaveLength(1);
  expect(status).toBe(1);
  expect(existsSync(at('unlike'))).toBe(false);
});

async function succeeded(run: Archangel): Promise<string> {
  const { status, text: said } = await run.ended;
  expect(status, said).toBe(0);
  return said;
}
