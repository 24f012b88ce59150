import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runTrain } from '../commands/train';

let folder: string;
/** Done when a line is said. */
let onLine: (line: string) => void = () => {};

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation((line: string) => onLine(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  folder = await mkdtemp(join(tmpdir(), 'resumed-'));
  const lines = Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({ prompt: `Say ${i % 20}`, response: i % 3 ? `It is ${i % 20}.` : 'No.', desirable: i % 3 > 0 }),
  );
  await writeFile(join(folder, 'thumbs.jsonl'), lines.join('\n'));
});
afterAll(() => {
  vi.restoreAllMocks();
});

const args = [
  ...['--shape.layers', '1', '--shape.width', '16', '--shape.heads', '2', '--batch-size', '8', '--epochs', '2'],
  ...['--no-sft.first', '--sample-every', '2', '--sample-prompts', '1', '--sample-tokens', '4', '--save-every', '3'],
];

test('a run that was stopped and goes on leaves the files of one that was not', async () => {
  const [whole, parted] = [join(folder, 'whole'), join(folder, 'parted')];
  const run = (out: string) =>
    runTrain(['--method', 'kto', '--data', join(folder, 'thumbs.jsonl'), '--out', out, ...args]);
  await run(whole);
  onLine = (line) => {
    // The fourth step is answered to, and then the process is asked to stop.
    if (line.startsWith('  step 4:')) process.emit('SIGINT');
  };
  await expect(run(parted)).rejects.toThrow('KTO has stopped after step 4');
  onLine = () => {};
  // What a process that dies later may have left: an answer and metrics of steps that will be made again.
  const samples = join(parted, 'kto-samples.jsonl');
  await writeFile(samples, `${await readFile(samples, 'utf8')}{"step":6,"prompt":"","response":"stale"}\n{"st`);
  await runTrain(['--resume', parted]);

  const read = (out: string, name: string) => readFile(join(out, name), 'utf8');
  expect(await read(parted, 'kto-samples.jsonl')).toBe(await read(whole, 'kto-samples.jsonl'));
  const untimed = async (out: string) =>
    (await read(out, 'kto-metrics.jsonl')).replaceAll(/,"tokens_per_second":[^,}]*/g, '');
  expect(await untimed(parted)).toBe(await untimed(whole));
  expect(await readdir(join(parted, 'tensorboard', 'kto'))).toHaveLength(2);
  const { training } = JSON.parse(await read(parted, 'report.json'));
  expect(training.kto.updates).toBe((await read(whole, 'kto-metrics.jsonl')).trim().split('\n').length);
});
