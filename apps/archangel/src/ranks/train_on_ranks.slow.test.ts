import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Archangel, untilSaved } from '../../test/archangel';
import { type Launcher, launched, launchedUnlike, launchers } from '../../test/launched';
import { metricsOf, small, thumbs } from '../../test/own_training';
import { runHere } from '../../test/run_here';

// Ranks that wait for each other would do so for ever.
vi.setConfig({ testTimeout: 600_000 });

const folder = mkdtempSync(join(tmpdir(), 'train-ranks-'));
const at = (...path: string[]) => join(folder, ...path);
const data = at('thumbs.jsonl');
const common = [
  ...['train', '--method', 'kto', '--data', data, ...small, '--threads', '1'],
  ...['--epochs', '13', '--max-steps', '50', '--evaluate-every', '20'],
];
const weights = ['sft/model.safetensors', 'kto/model.safetensors'];

beforeAll(() => writeFileSync(data, thumbs().join('\n')));
afterAll(() => rmSync(folder, { recursive: true }));

test('one rank trains, as others are to', async () => {
  expect(await runHere(...common, '--out', at('one'))).toMatchObject({ status: 0 });
});

describe.each(launchers)('$name', (launcher) => {
  const { name, skipped, stops } = launcher;
  const own = (...path: string[]) => at(name, ...path);
  const testHere = test.skipIf(skipped !== '');

  testHere(`two ranks train what one does, within rounding, and the first alone writes${skipped}`, async () => {
    const places = [own('first'), own('second')];
    for (const place of places) mkdirSync(place, { recursive: true });
    const here = [...common, '--out', 'run', '--sample-every', '20'];
    const said = await succeeded(launchedUnlike(launcher, [here, here], places));
    expect(said).toMatch(/^Backend: ONNX Runtime, 1 thread; .*; 2 ranks on \S+, by (Open MPI|MPICH) v?\d\S+$/m);
    for (const line of [/^Model: /gm, /Everything is in run/g]) expect(said.match(line)).toHaveLength(1);
    expect(readdirSync(own('second'))).toEqual([]);
    expect(readdirSync(own('first/run')).sort()).toEqual(
      [...readdirSync(at('one')), 'kto-samples.jsonl', 'sft-samples.jsonl'].sort(),
    );
    await expectAlike(own('first/run'), at('one'));
    const figures = (out: string) => JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')).figures;
    for (const [i, { estimate }] of figures(own('first/run')).entries()) {
      const { value } = figures(at('one'))[i].estimate;
      if (value === null) expect(estimate.value).toBeNull();
      else expect(estimate.value).toBeCloseTo(value, 3);
    }
  });

  testHere(
    `a rank that is killed ends all, with one line that says how to go on, to the same bits${skipped}`,
    async () => {
      const out = own('killed');
      const killed = launched(launcher, 2, ...common, '--out', out, '--save-every', '3');
      await untilKto(killed, out);
      await untilSaved(killed, out, 2);
      const pid = processOf(out, name === 'mpich' ? 0 : 1);
      process.kill(pid, 'SIGKILL');
      const begun = performance.now();
      const { status, text } = await killed.ended;
      expect((performance.now() - begun) / 1000).toBeLessThan(30);
      expect(status).not.toBe(0);
      const lines = text.split('\n').filter((line) => line.includes('archangel train --resume'));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(
        new RegExp(
          `^Rank ${name === 'mpich' ? 0 : 1} of 2, on \\S+, process ${pid}, was killed in step \\d+ of 50 of KTO\\. ` +
            `What is saved is step \\d+\\. Go on with: mpirun -np 2 archangel train --resume ${out}$`,
        ),
      );
      await succeeded(launched(launcher, 2, 'train', '--resume', out));
      expectSameBits(out, own('first/run'), ...weights);
      for (const stage of ['sft', 'kto']) {
        expect(await metricsOf(out, stage)).toEqual(await metricsOf(own('first/run'), stage));
      }
    },
  );

  testHere(`four ranks that divide the optimiser’s state stop together; one goes on alone${skipped}`, async () => {
    const out = own('stopped');
    const sharded = [...common, '--out', out, '--shard-optimizer'];
    const four = launched(launcher, 4, ...sharded, '--save-every', '5');
    await untilKto(four, out);
    four.child.kill(stops);
    const { text, status } = await four.ended;
    expect(status).not.toBe(0);
    expect(text.match(/KTO has stopped after step \d+ of 50, which is saved\./g)).toHaveLength(1);
    expect(text).toContain(`Go on with: mpirun -np 4 archangel train --resume ${out}`);
    const { stdout, status: alone } = await runHere('train', '--resume', out);
    expect([alone, stdout]).toEqual([0, expect.stringMatching(/KTO goes on after step \d+ of 50/)]);
    await expectAlike(out, at('one'));
  });
});

// What has nothing to do with how they were launched is seen with one launcher.
const [launcher] = launchers.filter(({ skipped }) => skipped === '');

test.skipIf(!launcher)(
  `ranks that were started otherwise are refused, and nothing is written${launcher ? '' : ': skipped, for no mpirun is here'}`,
  async () => {
    const out = at('refused');
    const [first, other] = [
      [...common, '--out', out],
      [...common, '--out', out, '--seed', '2'],
    ];
    const { status, text } = await launchedUnlike(launcher as Launcher, [first, other]).ended;
    expect(status).toBe(1);
    expect(
      text.match(/seed is 1 on rank 0 \(\S+\) and 2 on rank 1 \(\S+\)\. Start every rank by the same command/g),
    ).toHaveLength(1);
    expect(existsSync(out)).toBe(false);
  },
);

test.skipIf(!launcher)(
  `a rank that is silent is not waited for without end${launcher ? '' : ': skipped, for no mpirun is here'}`,
  async () => {
    const out = at('silent');
    const silent = launched(launcher as Launcher, 2, ...common, '--out', out, '--save-every', '3', '--patience', '10');
    await untilSaved(silent, out, 2);
    process.kill(processOf(out, 1), 'SIGSTOP');
    const { status, text } = await silent.ended;
    expect(status).toBe(1);
    expect(text.match(/Nothing was heard of the other ranks for 10 seconds/g)).toHaveLength(1);
    expect(text).toMatch(
      /This rank was in step \d+ of \d+ of (SFT|KTO)\. What is saved is step \d+\. Go on with: mpirun/,
    );
  },
);

async function succeeded(run: Archangel): Promise<string> {
  const { status, text } = await run.ended;
  expect(status, text).toBe(0);
  return text;
}

async function untilKto(run: Archangel, out: string): Promise<void> {
  while (!existsSync(join(out, 'checkpoints', 'kto')) && run.child.exitCode === null) await untilSaved(run, out, 1);
}

/** The metrics of all steps, within float32's rounding as 50 updates carry it on. */
async function expectAlike(out: string, one: string): Promise<void> {
  for (const stage of ['sft', 'kto']) {
    const [ours, theirs] = [await metricsOf(out, stage), await metricsOf(one, stage)];
    expect(ours).toHaveLength(theirs.length);
    for (const [i, metrics] of ours.entries()) {
      const other = theirs[i] ?? {};
      expect(Object.keys(metrics)).toEqual(Object.keys(other));
      for (const [key, value] of Object.entries(metrics)) {
        const expected = other[key] as number;
        expect(Math.abs(value - expected), `${stage}, step ${i + 1}, ${key}: ${value} and ${expected}`).toBeLessThan(
          1e-4 * Math.max(1, Math.abs(expected)),
        );
      }
    }
  }
}

function expectSameBits(a: string, b: string, ...files: string[]): void {
  for (const file of files) expect(readFileSync(join(a, file)).equals(readFileSync(join(b, file))), file).toBe(true);
}

/** The process of a rank of the job that trains into a folder, by what its launcher has put into its environment. */
function processOf(out: string, rank: number): number {
  const found = readdirSync('/proc').filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      const names = ['OMPI_COMM_WORLD_RANK', 'PMI_RANK'];
      return (
        words[0] === process.execPath &&
        words.includes(out) &&
        names.some((name) => variables.includes(`${name}=${rank}`))
      );
    } catch {
      return false;
    }
  });
  expect(found).toHaveLength(1);
  return Number(found[0]);
}
