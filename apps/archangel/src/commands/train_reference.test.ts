import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenRow } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { runTrain } from './train';

/** Rows that a reference was asked for, what happens then, and tensors when the method begins. */
const seen = vi.hoisted(() => ({ rows: 0, onAsked: () => {}, tensors: 0 }));
vi.mock('@halokit/trainer', async (original) => {
  const trainer = await original<typeof import('@halokit/trainer')>();
  const watched = (reference: import('@halokit/trainer').Reference) => ({
    ...reference,
    logps(rows: readonly TokenRow[], options?: object) {
      seen.rows += rows.length;
      seen.onAsked();
      return reference.logps(rows, options);
    },
  });
  return {
    ...trainer,
    referenceModel: (...args: Parameters<typeof trainer.referenceModel>) => watched(trainer.referenceModel(...args)),
    streamedReference: (...args: Parameters<typeof trainer.streamedReference>) =>
      watched(trainer.streamedReference(...args)),
  };
});
vi.mock('../stages/train_stages', async (original) => {
  const stages = await original<typeof import('../stages/train_stages')>();
  return {
    ...stages,
    methodStage(...args: Parameters<typeof stages.methodStage>) {
      seen.tensors = tf.memory().numTensors;
      return stages.methodStage(...args);
    },
  };
});

let folder: string;
let base: string;
let said: string[];

const small = [
  ...['--shape.layers', '2', '--shape.width', '16', '--shape.heads', '2', '--batch-size', '8', '--held-out', '0.2'],
  ...['--sft.max-steps', '2', '--learning-rate', '0.01'],
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reference-'));
  const lines = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ prompt: `Say ${i % 9} or ${i}`, chosen: `It is ${i % 9}.`, rejected: i % 3 ? 'No.' : `${i}.` }),
  );
  await writeFile(join(folder, 'pairs.jsonl'), lines.join('\n'));
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  await train('base', 'base', '--method', 'sft', '--max-steps', '2');
  base = join(folder, 'base', 'sft');
});
beforeEach(() => {
  said = [];
  seen.onAsked = () => {};
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => said.push(String(line)) > 0);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const cacheOf = (cache: string) => join(folder, 'cache', cache, 'halokit', 'references', 'onnxruntime');

/** Trains with a cache. Gives the figures, the steps' metrics but for their speed, and how many rows were asked. */
async function train(cache: string, out: string, ...more: string[]) {
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache', cache));
  seen.rows = 0;
  const place = join(folder, out);
  const figures = await runTrain([
    '--data',
    join(folder, 'pairs.jsonl'),
    '--out',
    place,
    '--overwrite',
    ...small,
    ...more,
  ]);
  const method = more[more.indexOf('--method') + 1];
  const text = await readFile(join(place, `${method}-metrics.jsonl`), 'utf8');
  const metrics = text
    .trim()
    .split('\n')
    .map((line) => ({ ...JSON.parse(line), tokens_per_second: 0 }));
  return { figures, metrics, rows: seen.rows, tensors: seen.tensors };
}

const known = 'What the reference says is known from before: it is not asked.';
const kto = () => ['--method', 'kto', '--model', base, '--epochs', '2'];
const dpo = () => ['--method', 'dpo', '--model', base, '--epochs', '2'];

test.each([
  ['kto', kto],
  ['dpo', dpo],
])(
  '%s: the numbers of a reference that is kept beside the model, which is asked once and for all runs',
  async (name, method) => {
    const kept = await train(name, 'kept', ...method(), '--reference.store', 'none');
    expect(await readdir(join(folder, 'cache')).catch(() => [])).not.toContain(name);
    const first = await train(name, 'first', ...method());
    expect(said.join('\n')).toMatch(/asking reference: (\d+)\/\1 in/);
    expect(said).not.toContain(known);
    const second = await train(name, 'second', ...method());
    expect(said).toContain(known);
    for (const { metrics, figures } of [first, second]) {
      expect(metrics).toEqual(kept.metrics);
      expect(figures).toEqual(kept.figures);
    }
    expect([first.rows, second.rows]).toEqual([kept.rows, 0]);
    // A weight of the copy each.
    expect(kept.tensors - first.tensors).toBe(28);
  },
);

test('another method on the same data asks for what is missing', async () => {
  const alone = (await train('alone', 'alone', ...kto())).rows;
  const { rows: ofDpo } = await train('shared', 'dpo', ...dpo());
  const { rows: ofKto } = await train('shared', 'kto', ...kto());
  // All rows but those of a prompt with the response to another.
  expect(ofDpo).toBeGreaterThan(60);
  expect(alone - ofKto).toBeGreaterThanOrEqual(60);
  expect(ofKto).toBeGreaterThan(20);
});

test('a loss without a reference asks for held-out rows, and one that trains a reward head for nothing', async () => {
  const simpo = await train('few', 'simpo', '--method', 'simpo', '--model', base);
  expect(simpo.rows).toBe(16);
  const kept = await train('few', 'kept', '--method', 'simpo', '--model', base, '--reference.store', 'none');
  expect(simpo.figures).toEqual(kept.figures);
  expect((await train('few', 'bt', '--method', 'bradleyTerry', '--model', base)).rows).toBe(0);
});

describe('which model it is', () => {
  test('adapters on a model have the model as their reference; what SFT made of them is another', async () => {
    await train('lora', 'full', ...kto());
    const lora = ['--lora.rank', '2'];
    const stored = await train('lora', 'lora', ...kto(), ...lora);
    expect([stored.rows, await readdir(cacheOf('lora'))]).toEqual([0, [expect.stringMatching(/^[0-9a-f]{64}$/)]]);
    const kept = await train('lora', 'kept', ...kto(), ...lora, '--reference.store', 'none');
    expect(stored.metrics).toEqual(kept.metrics);
    const after = await train('lora', 'after', ...kto(), ...lora, '--sft.first');
    expect(after.rows).toBeGreaterThan(60);
    expect((await readdir(cacheOf('lora'))).length).toBe(2);
    const again = await train('lora', 'again', ...kto(), ...lora, '--sft.first', '--reference.store', 'none');
    expect(after.metrics).toEqual(again.metrics);
    expect(after.figures).toEqual(again.figures);
  });

  test('a reference that is rounded is another, and so is one after SFT', async () => {
    await train('rounded', 'exact', ...kto());
    const bits = ['--reference.storage', 'bfloat16'];
    const stored = await train('rounded', 'bits', ...kto(), ...bits);
    const kept = await train('rounded', 'kept', ...kto(), ...bits, '--reference.store', 'none');
    expect(stored.metrics).toEqual(kept.metrics);
    expect(stored.rows).toBe(kept.rows);
    const made = ['--method', 'kto', '--max-steps', '2'];
    const first = await train('rounded', 'made', ...made);
    expect(first.rows).toBeGreaterThan(16);
    // The same seed makes the same model.
    expect((await train('rounded', 'made-again', ...made)).rows).toBe(0);
    expect((await readdir(cacheOf('rounded'))).length).toBe(3);
  });

  test('one that is streamed is the same as in memory', async () => {
    const stream = ['--reference.stream', 'always'];
    const streamed = await train('stream', 'streamed', ...kto(), ...stream);
    expect(said.join('\n')).toMatch(/reading reference: 2\/2 in/);
    const inMemory = await train('stream', 'memory', ...kto());
    expect(inMemory.rows).toBe(0);
    expect(inMemory.metrics).toEqual(streamed.metrics);
    const kept = await train('stream', 'kept', ...kto(), '--reference.store', 'none');
    streamed.metrics.forEach(({ loss }, i) => {
      expect(loss).toBeCloseTo(kept.metrics[i]?.loss, 4);
    });
    expect((await train('stream', 'again', ...kto(), ...stream)).rows).toBe(0);
  });
});

describe('what happens to it', () => {
  const fileOf = async (cache: string) => {
    const [model] = await readdir(cacheOf(cache));
    const place = join(cacheOf(cache), model as string);
    return (await readdir(place)).map((name) => join(place, name));
  };

  test('a file that is damaged is said and asked for again', async () => {
    const first = await train('damaged', 'first', ...kto());
    const [path] = (await fileOf('damaged')) as [string];
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 40) ^ 1, bytes.length - 40);
    await writeFile(path, bytes);
    const second = await train('damaged', 'second', ...kto());
    expect(said.join('\n')).toContain(`${path} is damaged from byte `);
    expect(second.rows).toBeGreaterThan(0);
    expect(second.rows).toBeLessThan(first.rows);
    expect(second.metrics).toEqual(first.metrics);
  });

  test('Ctrl-C ends the pass, and the run goes on with what was answered', async () => {
    const whole = await train('whole', 'whole', ...kto());
    let asked = 0;
    seen.onAsked = () => {
      if (++asked === 3) process.emit('SIGINT');
    };
    await expect(train('stopped', 'stopped', ...kto())).rejects.toThrow(
      /^The pass by the reference has stopped after \d+ of \d+ rows, which are kept\. Go on with: .* train --resume .*stopped$/,
    );
    seen.rows = 0;
    seen.onAsked = () => {};
    const figures = await runTrain(['--resume', join(folder, 'stopped')]);
    expect(seen.rows).toBeLessThan(whole.rows);
    expect(seen.rows).toBeGreaterThan(0);
    expect(figures).toEqual(whole.figures);
  });

  test('where it cannot be kept, that is said with the way out', async () => {
    await writeFile(join(folder, 'cache', 'file'), '');
    await expect(train('file', 'nowhere', ...kto())).rejects.toThrow(
      /what the reference says cannot be kept there \(ENOTDIR\)\. Make room or allow it, or name another cache folder in XDG_CACHE_HOME/,
    );
  });
});
