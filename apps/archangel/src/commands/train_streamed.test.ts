import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runTrain } from './train';

let folder: string;
let said: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamed-'));
  said = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const small = [
  ...['--shape.layers', '2', '--shape.width', '16', '--shape.heads', '2', '--batch-size', '8', '--held-out', '0.2'],
  ...['--max-steps', '2', '--sft.max-steps', '2', '--learning-rate', '0.01'],
];

/** Nothing is known from other runs: what is asked is asked. */
async function train(out: string, method: string, ...more: string[]) {
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache', out));
  const data = join(folder, 'thumbs.jsonl');
  const lines = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ prompt: `Say ${i % 9}`, response: i % 2 ? `It is ${i % 9}.` : 'No.', desirable: i % 2 === 1 }),
  );
  await writeFile(data, lines.join('\n'));
  return runTrain(['--method', method, '--data', data, '--out', join(folder, out), ...small, ...more]);
}

const lossesOf = async (out: string): Promise<number[]> => {
  const text = await readFile(join(folder, out, 'kto-metrics.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).metrics?.loss ?? JSON.parse(line).loss);
};

test('a reference that is read from its checkpoint: the same steps and figures as one in memory', async () => {
  const kept = await train('kept', 'kto', '--reference.stream', 'never');
  const streamed = await train('streamed', 'kto', '--reference.stream', 'always');
  const losses = await lossesOf('kept');
  expect(losses).toHaveLength(2);
  (await lossesOf('streamed')).forEach((loss, i) => {
    expect(loss).toBeCloseTo(losses[i] as number, 5);
  });
  streamed.forEach(({ name, estimate }, i) => {
    expect(name).toBe(kept[i]?.name);
    expect(estimate.value).toBeCloseTo(kept[i]?.estimate.value as number, 4);
  });
  expect(Math.abs(kept[0]?.estimate.value as number)).toBeGreaterThan(1e-4);
  // And from a checkpoint that was named, with SFT, whose loss needs no reference and whose figures do.
  const named = ['sft', '--model', join(folder, 'kept', 'sft')] as const;
  const before = (await train('again', ...named, '--reference.stream', 'never'))[0]?.estimate.value as number;
  const after = await train('once-more', ...named, '--reference.stream', 'always');
  expect(after[0]?.estimate.value).toBeCloseTo(before, 5);
});

test('where there is no checkpoint to read, or nothing to save', async () => {
  await expect(train('none', 'kto', '--sft.first', 'false', '--reference.stream', 'always')).rejects.toThrow(
    'reference.stream: a model made here has no checkpoint before it is trained. Leave it out.',
  );
  await expect(train('lora', 'kto', '--lora.rank', '2', '--reference.stream', 'always')).rejects.toThrow(
    'reference.stream: adapters and their reference share the model’s weights, so there is nothing to save. Leave it out.',
  );
});
