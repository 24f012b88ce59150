import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainTokenizer } from '@halokit/data';
import { loadCheckpoint } from '@halokit/models/node';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { realData, withoutRealData } from '../../test/real_data';
import { runTrain } from './train';

let folder: string;
let said: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-'));
  said = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function thumbs(): Promise<string> {
  const lines = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({
      prompt: `Say ${i % 10}`,
      response: i % 2 ? `It is ${i % 10}.` : 'No idea.',
      desirable: i % 2 === 1,
    }),
  );
  const file = join(folder, 'thumbs.jsonl');
  await writeFile(file, lines.join('\n'));
  return file;
}

const small = [
  '--shape.layers',
  '1',
  '--shape.width',
  '16',
  '--shape.heads',
  '2',
  '--batch-size',
  '8',
  '--held-out',
  '0.2',
];

async function metricsOf(out: string, method: string): Promise<Record<string, number>[]> {
  const text = await readFile(join(out, `${method}-metrics.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('train', () => {
  test('KTO on thumbs: SFT first, then a checkpoint, metrics, plan, config and report', async () => {
    const out = join(folder, 'run');
    const figures = await runTrain(['--method', 'kto', '--data', await thumbs(), '--out', out, ...small]);
    expect((await readdir(out)).sort()).toEqual([
      'config.yaml',
      'kto',
      'kto-metrics.jsonl',
      'kto-plan.json',
      'report.json',
      'resume.json',
      'run.json',
      'sft',
      'sft-metrics.jsonl',
      'sft-plan.json',
      'tensorboard',
    ]);
    expect(await readdir(join(out, 'kto'))).toContain('tokenizer.json');
    expect((await loadCheckpoint(join(out, 'kto'))).config.hiddenSize).toBe(16);
    const metrics = await metricsOf(out, 'kto');
    expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    for (const name of [
      'loss',
      'kl',
      'rewards/chosen',
      'rewards/rejected',
      'logps/chosen',
      'grad_norm',
      'tokens_per_second',
    ]) {
      expect(metrics[0], name).toHaveProperty([name]);
    }
    expect(figures.map(({ name }) => name)).toContain('area under the ROC curve');
    expect(said.join('\n')).toContain('40 rows read, 40 kept: nothing dropped or repaired');
  });

  test('the same run twice gives the same bits; another seed others', async () => {
    const data = await thumbs();
    const weights = async (out: string, seed: string) => {
      await runTrain(['--method', 'kto', '--data', data, '--out', join(folder, out), '--seed', seed, ...small]);
      return readFile(join(folder, out, 'kto', 'model.safetensors'));
    };
    const [first, again, other] = [await weights('a', '1'), await weights('b', '1'), await weights('c', '2')];
    expect(again.equals(first)).toBe(true);
    expect(other.equals(first)).toBe(false);
  });

  test('a checkpoint goes on from where it was: no SFT, the model’s own tokenizer', async () => {
    const data = await thumbs();
    const out = join(folder, 'run');
    await runTrain(['--method', 'sft', '--data', data, '--out', join(folder, 'base'), ...small]);
    await runTrain([
      '--method',
      'kto',
      '--data',
      data,
      '--model',
      join(folder, 'base', 'sft'),
      '--out',
      out,
      ...['--loss.beta', '0.5', '--loss.desirable-weight', '1', '--loss.undesirable-weight', '1'],
      ...['--weights-outside', 'allow'],
    ]);
    expect(await readdir(out)).not.toContain('sft');
    const [first] = await metricsOf(out, 'kto');
    // Policy and reference are still the same, so every loss is 1/2 and z0 is 0.
    expect(first?.loss).toBeCloseTo(0.5, 5);
    expect(first?.kl).toBeCloseTo(0, 4);
  });

  test('what the held-out examples cannot tell is said to be unknown', async () => {
    const lines = Array.from({ length: 12 }, (_, i) =>
      JSON.stringify({ prompt: `p${i}`, response: 'r', desirable: i % 2 === 0 }),
    );
    await writeFile(join(folder, 'few.jsonl'), lines.join('\n'));
    await runTrain([
      '--method',
      'kto',
      '--data',
      join(folder, 'few.jsonl'),
      '--out',
      join(folder, 'run'),
      ...small,
      '--held-out',
      '0.01',
    ]);
    const table = said.join('\n');
    expect(table).toContain('unknown: a class is missing');
    expect(table).not.toContain('NaN');
  });

  test('a run is not written over, and nothing else ever is', async () => {
    const data = await thumbs();
    const run = (...more: string[]) =>
      runTrain(['--method', 'sft', '--data', data, '--out', join(folder, 'run'), ...small, ...more]);
    await run();
    await expect(run()).rejects.toThrow('holds a run. Choose another folder with --out, or pass --overwrite');
    await run('--overwrite');
    await expect(
      runTrain(['--method', 'sft', '--data', data, '--out', folder, '--overwrite', ...small]),
    ).rejects.toThrow('is not empty and not a run’s folder'.replace('’', "'"));
  });

  test('classes weigh by their counts, which is said and written down', async () => {
    const lines = Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({ prompt: `Say ${i}`, response: 'It is.', desirable: i % 4 === 0 }),
    );
    const data = join(folder, 'few_good.jsonl');
    await writeFile(data, lines.join('\n'));
    const run = (...more: string[]) =>
      runTrain(['--method', 'kto', '--data', data, '--out', join(folder, 'run'), '--overwrite', ...small, ...more]);
    await run();
    const counts = /(\d+) desirable examples weigh (\S+) each, (\d+) undesirable ones 1 \(by their counts\)/;
    const [, good, weight, bad] = (counts.exec(said.join('\n')) ?? []).map(Number);
    expect((good as number) + (bad as number)).toBe(32);
    expect(weight).toBeCloseTo((bad as number) / (good as number), 3);
    const config = await readFile(join(folder, 'run', 'config.yaml'), 'utf8');
    expect(config).toMatch(/desirableWeight: [2-9]/);

    await expect(run('--loss.desirable-weight', '1', '--loss.undesirable-weight', '1')).rejects.toThrow(
      /^loss.desirableWeight 1 and loss.undesirableWeight 1 put \d+ desirable and \d+ undesirable examples at 0.\d+, outside of 1 to 4\/3\. Leave them out for/,
    );
    await expect(run('--loss.desirable-weight', '-1')).rejects.toThrow('desirableWeight is -1: give a positive number');
    await run('--loss.desirable-weight', '1', '--loss.undesirable-weight', '1', '--weights-outside', 'allow');
    expect(said.join('\n')).toContain('undesirable ones 1 (by hand)');
  });

  test('a run says what it will take, and then how far that was', async () => {
    const out = join(folder, 'run');
    await runTrain(['--method', 'kto', '--data', await thumbs(), '--out', out, '--backend', 'onnxruntime', ...small]);
    const text = said.join('\n');
    expect(text).toMatch(
      /^Forecast: [\d.]+ GB of memory at its most \([\d.]+ GB free\), about .* for 4 steps, .* of it for the reference unless that is known$/m,
    );
    expect(text).toMatch(/^Measured: [\d.]+ GB of memory at its most \([\d.]+ x of the forecast\), [\d.]+ s a step/m);
    const { forecast } = JSON.parse(await readFile(join(out, 'report.json'), 'utf8'));
    for (const { forecast: said, measured, ratio } of [forecast.memory, forecast.secondsPerStep]) {
      expect(said).toBeGreaterThan(0);
      expect(ratio).toBeCloseTo(measured / said, 9);
    }
  });

  test('a run that cannot fit is refused before it starts, with what would fit', async () => {
    const out = join(folder, 'run');
    vi.spyOn(process, 'availableMemory').mockReturnValue(0);
    const run = ['--method', 'kto', '--data', await thumbs(), '--out', out, '--backend', 'onnxruntime', ...small];
    await expect(runTrain(run)).rejects.toThrow(
      /^This run needs [\d.]+ GB of memory at its most, and [\d.]+ GB are free\. .*--memory ignore begins all the same\.$/,
    );
    expect(await readdir(folder)).not.toContain('run');
    await runTrain([...run, '--memory', 'ignore', '--max-steps', '1', '--sft.max-steps', '1']);
    expect(await readdir(out)).toContain('kto');
  });

  test('pairs are needed where a method compares', async () => {
    await expect(runTrain(['--method', 'dpo', '--data', await thumbs(), ...small])).rejects.toThrow(
      'this method compares pairs',
    );
  });

  test('a mixture with named columns, thinned out; the report counts by source and set', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => `Why ${i}?,Because ${i}.,${i % 2 ? 'up' : 'down'}`);
    const log = join(folder, 'log.csv');
    await writeFile(log, ['question,reply,mood', ...rows].join('\n'));
    const named = ['--columns.prompt', 'question', '--columns.response', 'reply', '--columns.label', 'mood'];
    const out = join(folder, 'run');
    const run = ['--method', 'kto', '--data', `${log}*0.5+${log}#10`, ...named, '--out', out, ...small];
    await runTrain([...run, '--keep-desirable', '0.5', '--max-steps', '1', '--sft.max-steps', '1']);
    const { data, slices } = JSON.parse(await readFile(join(out, 'report.json'), 'utf8'));
    // Both parts of the mixture are of the same file.
    const held = data.sets.reduce((sum: number, { heldOut }: { heldOut: number }) => sum + heldOut, 0);
    expect(slices[0]).toMatchObject({ by: 'set', name: log, n: held });
    expect(slices.map(({ by }: { by: string }) => by)).toContain('length');
    expect(data).toMatchObject({ read: 40, kept: 40, steps: [{ what: 'shares of the classes' }] });
    expect(data.sources.map(({ taken }: { taken: number }) => taken)).toEqual([10, 10]);
    expect(data.sets.map((row: { class: string }) => row.class)).toEqual(['desirable', 'undesirable']);
    await expect(runTrain([...run, '--columns.lable', 'x'])).rejects.toThrow('columns.lable: is no field');
  });

  test('pairs that were taken apart are no pairs', async () => {
    const lines = Array.from({ length: 12 }, (_, i) => JSON.stringify({ prompt: `p${i}`, chosen: 'a', rejected: 'b' }));
    const data = join(folder, 'pairs.jsonl');
    await writeFile(data, lines.join('\n'));
    await expect(runTrain(['--method', 'dpo', '--data', data, '--one-per-prompt', ...small])).rejects.toThrow(
      'dpo: compares pairs, which --join-votes',
    );
  });

  test('the tokenizer’s own chat template', async () => {
    const json = trainTokenizer(['<|im_start|>user Say 1', 'It is 1. No idea.'], 300, ['<|im_end|>']);
    const template =
      "{% for m in messages %}{{ '<s>' + m.role + '\\n' + m.content + '<|im_end|>' }}{% endfor %}" +
      "{% if add_generation_prompt %}{{ '<s>assistant\\n' }}{% endif %}";
    await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(json));
    const config = { eos_token: '<|im_end|>', chat_template: template };
    await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
    const out = join(folder, 'run');
    await runTrain([
      ...['--method', 'kto', '--data', await thumbs(), '--tokenizer', folder, '--format', 'chat-template'],
      ...['--out', out, ...small, '--max-steps', '1', '--sft.max-steps', '1'],
    ]);
    expect(await readdir(join(out, 'kto'))).toContain('tokenizer_config.json');
    expect(await readFile(join(out, 'config.yaml'), 'utf8')).toContain('format: chat-template');
  });

  test.skipIf(withoutRealData)(
    'real HH rows with the GPT-NeoX tokenizer, few rows and steps (needs HALOKIT_TEST_DATA)',
    async () => {
      const figures = await runTrain([
        ...['--method', 'kto', '--data', `hh:${realData('hh-rlhf/harmless-base-test.jsonl.gz')}`],
        ...['--tokenizer', realData('tokenizers/gpt-neox-20b'), '--out', join(folder, 'run'), '--rows', '30'],
        ...[...small, '--max-steps', '2', '--sft.max-steps', '2'],
      ]);
      expect(figures.map(({ name }) => name)).toEqual([
        'reward accuracy',
        'rule "the shorter answer wins"',
        'reward accuracy over that rule',
        'reward margin',
        'log-ratio of held-out answers',
      ]);
      for (const { estimate } of figures) expect(estimate.low).toBeLessThanOrEqual(estimate.value);
    },
  );
});
