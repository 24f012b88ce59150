import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFlags } from './flags';
import { loadTrainConfig } from './load_config';

const minimal = ['--method', 'kto', '--data', 'hh:rows.jsonl'];

async function yaml(text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'config-')), 'run.yaml');
  await writeFile(file, text);
  return file;
}

describe('flags', () => {
  test('become a tree of YAML scalars', () => {
    expect(readFlags(['--batch-size', '8', '--loss.beta=0.2', '--overwrite', '--data', 'hh:x'])).toEqual({
      batchSize: 8,
      loss: { beta: 0.2 },
      overwrite: true,
      data: 'hh:x',
    });
    expect(readFlags(['--no-overwrite'])).toEqual({ overwrite: false });
  });

  test('a word without its option is named', () => {
    expect(() => readFlags(['rows.jsonl'])).toThrow('"rows.jsonl" stands alone');
  });
});

describe('the train config', () => {
  test('has defaults, the method’s own among them', async () => {
    const { config } = await loadTrainConfig(minimal);
    expect(config).toMatchObject({ batchSize: 32, seed: 1, loss: { beta: 0.1, desirableWeight: 1 } });
  });

  test('a preset is under what is given, and knows the method', async () => {
    const { config } = await loadTrainConfig(['--preset', 'archangel', '--method', 'kto']);
    expect(config).toMatchObject({
      ...{ data: 'shp+hh+oasst', optimizer: 'rmsprop', learningRate: 5e-7, warmupSteps: 150, schedule: 'constant' },
      ...{ batchSize: 32, epochs: 1, seed: 1, maxGradNorm: 10, maxLength: 2048, maxPromptLength: 1024 },
      ...{ loss: { beta: 0.1, desirableWeight: 1, undesirableWeight: 1 }, sft: { reduction: 'sequence' } },
    });
    const file = await yaml('preset: archangel\nmethod: sft\nbatchSize: 4\ndata: pairs.jsonl\n');
    const other = await loadTrainConfig(['--config', file, '--sft.epochs', '2']);
    expect(other.config).toMatchObject({ batchSize: 4, data: 'pairs.jsonl', loss: { reduction: 'sequence' } });
    expect(other.config.sft).toMatchObject({ epochs: 2, learningRate: 5e-7, reduction: 'sequence' });
    await expect(loadTrainConfig(['--preset', 'angel', ...minimal])).rejects.toThrow(
      'command line: preset: invalid input: expected "archangel"',
    );
  });

  test('flags win over the file', async () => {
    const file = await yaml('method: dpo\ndata: pairs.jsonl\nbatchSize: 4\nloss:\n  beta: 0.3\n');
    const { config, given } = await loadTrainConfig(['--config', file, '--batch-size', '16']);
    expect(config).toMatchObject({ method: 'dpo', batchSize: 16, loss: { beta: 0.3 } });
    expect(given).toEqual({ beta: 0.3 });
  });

  test.each([
    [['--bath-size', '8'], 'unknown key "bathSize". Did you mean "batchSize"?'],
    [['--loss.bta', '0.2'], 'unknown key "loss.bta". Did you mean "loss.beta"?'],
    [['--sft.epoch', '2'], 'unknown key "sft.epoch". Did you mean "sft.epochs"?'],
    [['--zzz', '1'], 'unknown key "zzz". Known are: method, preset, data'],
    [['--batch-size', 'many'], 'batchSize: '],
    [['--loss.beta', 'big'], 'loss.beta: '],
    [['--held-out', '1'], 'heldOut: '],
    [['--loss.z0', 'epoch'], 'loss.z0: '],
    [['--loss.clip', '[0.5, 2]'], 'unknown key "loss.clip". Known are: beta, '],
    [['--loss.humanline', '1'], 'loss.humanline: must be two numbers, as in [0.5, 2].'],
    [['--loss.human-line', '[-1, 1]'], 'unknown key "loss.humanLine". Did you mean "loss.humanline"?'],
  ])('%j is refused by name', async (flags, message) => {
    await expect(loadTrainConfig([...minimal, ...flags])).rejects.toThrow(`command line: ${message}`);
  });

  test('options are numbers, words and pairs of numbers', async () => {
    const flags = ['--loss.clip', '[0.5, 1.5]', '--loss.critic=none', '--loss.humanline', '[-1, 1.5]'];
    const { config, source } = await loadTrainConfig(['--method', 'ppo', '--data', 'x', ...flags]);
    expect(config.loss).toMatchObject({ clip: [0.5, 1.5], critic: 'none', humanline: [-1, 1.5], gamma: 0.99 });
    expect(source.create(config.loss).needs).toEqual({ reference: true });
    await expect(loadTrainConfig(['--method', 'ppo', '--data', 'x', '--loss.clip', '2'])).rejects.toThrow(
      'loss.clip: must be two numbers, as in [0.5, 2].',
    );
  });

  test('a method that is none is answered with the nearest', async () => {
    await expect(loadTrainConfig(['--method', 'kot', '--data', 'x'])).rejects.toThrow(
      'There is no loss "kot". Did you mean "kto"? Or name a file of your own, as in ./my_halo.ts.',
    );
  });

  test('loss: WORD says the same as method: WORD, on the command line beside its options too', async () => {
    const { config } = await loadTrainConfig(['--loss', 'dpo', '--loss.beta', '0.3', '--data', 'x']);
    expect(config).toMatchObject({ method: 'dpo', loss: { beta: 0.3 } });
    const file = await yaml('loss: dpo\ndata: x\n');
    expect((await loadTrainConfig(['--config', file])).config).toMatchObject({ method: 'dpo', loss: { beta: 0.1 } });
    await expect(loadTrainConfig(['--method', 'kto', '--loss', 'dpo'])).rejects.toThrow('name one thing: give one');
    const both = await yaml('loss: dpo\nmethod: kto\n');
    await expect(loadTrainConfig(['--config', both])).rejects.toThrow('name one thing: leave one out');
  });

  test('a missing key is named', async () => {
    await expect(loadTrainConfig(['--method', 'kto'])).rejects.toThrow('command line: data: is missing; ');
  });

  test('an error in the file names the file', async () => {
    const file = await yaml('methd: kto\n');
    await expect(loadTrainConfig(['--config', file])).rejects.toThrow(`${file}: unknown key "methd"`);
    const broken = await yaml('method: [kto\n');
    await expect(loadTrainConfig(['--config', broken])).rejects.toThrow(broken);
  });
});
