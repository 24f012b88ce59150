import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { pastRuns, pastWords, rememberRun } from './past_runs';

let cache: string;
beforeEach(async () => {
  cache = join(await mkdtemp(join(tmpdir(), 'past-')), 'halokit');
});

test('runs are remembered, those of other machines apart', async () => {
  expect(await pastRuns(cache)).toEqual([]);
  expect(pastWords([])).toBe('No run was measured on this machine before.');
  await rememberRun(cache, { memory: 0.95, time: 1.3 });
  expect(pastWords(await pastRuns(cache))).toBe(
    'Measured on this machine before, in 1 run: time 1.30 x, memory 0.95 x of the forecast.',
  );
  await rememberRun(cache, { memory: 1.05, time: 0.9 });
  const file = join(cache, 'forecasts.json');
  const runs = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify([...runs, { machine: 'another', memory: 9, time: 9 }]));
  expect(pastWords(await pastRuns(cache))).toBe(
    'Measured on this machine before, in 2 runs: time 0.90 to 1.30 x, memory 0.95 to 1.05 x of the forecast.',
  );
});

test('only the latest are kept, and a broken file is written anew', async () => {
  for (let run = 0; run < 52; run++) await rememberRun(cache, { memory: run, time: 1 });
  const runs = await pastRuns(cache);
  expect([runs.length, runs[0]?.memory, runs.at(-1)?.memory]).toEqual([50, 2, 51]);
  await writeFile(join(cache, 'forecasts.json'), '[{"machine": 1}]');
  expect(await pastRuns(cache)).toEqual([]);
  await rememberRun(cache, { memory: 1, time: 1 });
  expect(await pastRuns(cache)).toHaveLength(1);
});
