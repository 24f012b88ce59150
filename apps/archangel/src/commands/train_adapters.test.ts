import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disposeModel, mergeAdapter } from '@halokit/models';
import { loadAdapter, loadCheckpoint } from '@halokit/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { runPlan } from './plan';
import { runTrain } from './train';

let folder: string;
let said: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adapters-'));
  said = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const small = [
  ...['--shape.layers', '1', '--shape.width', '16', '--shape.heads', '2', '--batch-size', '8', '--held-out', '0.2'],
  ...['--max-steps', '2', '--sft.max-steps', '2'],
];
const lora = ['--lora.rank', '2', '--lora.alpha', '4'];
/** SFT goes far enough that a reference without it would be told apart. */
const fast = [...lora, '--lora.dropout', '0', '--sft.learning-rate', '0.1'];

async function train(out: string, ...more: string[]): Promise<string> {
  const data = join(folder, 'thumbs.jsonl');
  const lines = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ prompt: `Say ${i % 9}`, response: i % 2 ? `It is ${i % 9}.` : 'No.', desirable: i % 2 === 1 }),
  );
  await writeFile(data, lines.join('\n'));
  await runTrain(['--data', data, '--out', join(folder, out), ...small, ...more]);
  return join(folder, out);
}

const metricsOf = async (out: string, loss: string): Promise<Record<string, number>[]> => {
  const text = await readFile(join(out, `${loss}-metrics.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
};

/** Whether a saved model is its base with the adapter that lies in it merged in, to the bit. */
async function expectMerged(base: string, saved: string): Promise<void> {
  const adapted = await loadAdapter(await loadCheckpoint(base), join(saved, 'adapter'));
  const [merged, plain] = [await mergeAdapter(adapted), await loadCheckpoint(saved)];
  for (const [name, weight] of merged.weights)
    expect(plain.weights.get(name)?.dataSync(), name).toEqual(weight.dataSync());
  [adapted, merged, plain].forEach(disposeModel);
}

describe('--lora.rank', () => {
  test('SFT of an adapter, then KTO of the same one against what SFT left', async () => {
    const base = join(await train('base', '--method', 'sft'), 'sft');
    const tensors = tf.memory().numTensors;
    const out = await train('run', '--method', 'kto', '--model', base, '--sft.first', ...fast);
    expect(tf.memory().numTensors).toBe(tensors);
    for (const stage of ['sft', 'kto']) {
      expect(await readdir(join(out, stage))).toContain('model.safetensors');
      expect((await readdir(join(out, stage, 'adapter'))).sort()).toEqual([
        'adapter_config.json',
        'adapter_model.safetensors',
      ]);
      await expectMerged(base, join(out, stage));
    }
    const config = JSON.parse(await readFile(join(out, 'kto/adapter/adapter_config.json'), 'utf8'));
    expect(config).toMatchObject({ base_model_name_or_path: base, r: 2, lora_alpha: 4, lora_dropout: 0 });
    // The policy begins as its reference, and so without reward.
    const [first] = await metricsOf(out, 'kto');
    expect(first?.kl).toBeCloseTo(0, 6);
    expect(Math.abs(first?.['rewards/chosen'] as number)).toBeLessThan(1e-5);
    const losses = (await metricsOf(out, 'sft')).map(({ loss }) => loss as number);
    expect(losses[1]).toBeLessThan((losses[0] as number) - 0.01);
    expect(said.join('\n')).toContain('Adapters: rank 2 on 4 linear layers, 512 parameters');
    expect(parse(await readFile(join(out, 'config.yaml'), 'utf8')).lora).toEqual({
      ...{ rank: 2, alpha: 4, dropout: 0, targets: 'all-linear' },
    });
    const card = await readFile(join(out, 'kto/README.md'), 'utf8');
    expect(card.replaceAll('\n', ' ')).toContain('Low-rank adapters were trained (LoRA), rank 2 on 4 linear layers');
    expect((await metricsOf(out, 'kto')).at(-1)?.learning_rate).toBeCloseTo(5e-6, 12);
  });

  test('a model made here learns to speak with all its weights, and then adapts', async () => {
    const out = await train(
      'run',
      '--method',
      'dpo',
      '--data',
      await pairs(),
      ...lora,
      '--lora.targets',
      'dense,query_key_value',
    );
    expect(await readdir(join(out, 'sft'))).not.toContain('adapter');
    await expectMerged(join(out, 'sft'), join(out, 'dpo'));
    const config = JSON.parse(await readFile(join(out, 'dpo/adapter/adapter_config.json'), 'utf8'));
    expect(config).toMatchObject({
      base_model_name_or_path: join(out, 'sft'),
      target_modules: ['dense', 'query_key_value'],
    });
  });

  test('PPO with a value head, and scores', async () => {
    const base = join(await train('base', '--method', 'sft'), 'sft');
    const ppo = await train('ppo', '--method', 'ppo', '--model', base, ...lora);
    expect((await loadCheckpoint(join(ppo, 'ppo'))).weights.has('value_head.0.weight')).toBe(true);
    await train('bt', '--method', 'bradleyTerry', '--data', await pairs(), '--model', base, ...lora);
  });

  test.each([
    [['--lora.alpha', '8'], 'lora.alpha: there are no adapters without a rank. Give it with --lora.rank.'],
    [['--lora.rank', '0'], 'lora.rank'],
    [['--lora.rank', '4', '--lora.dropout', '1'], 'lora.dropout'],
    [
      ['--lora.rank', '4', '--lora.targets', 'q_proj'],
      'no linear layer of a gpt_neox model is named "q_proj"; there are',
    ],
    [['--lora.rank', '4', '--no-sft.first'], 'lora.rank: a model made here has learnt nothing yet'],
  ])('%j is refused before anything is written', async (flags, message) => {
    await expect(train('run', '--method', 'kto', ...flags)).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual(['thumbs.jsonl']);
  });

  test('plan says what adapters spare', async () => {
    vi.stubEnv('XDG_CACHE_HOME', folder);
    const plan = (...flags: string[]) =>
      runPlan(['--model', 'pythia-160m', '--length', '128', '--microbatch-size', '1', ...flags]);
    const [weights, adapters] = [await plan(), await plan('--lora.rank', '8')];
    // What the process itself takes is as it is.
    const own = ({ memory }: typeof weights) => memory.peakBytes - memory.overheadBytes;
    expect(own(adapters)).toBeLessThan(0.5 * own(weights));
    expect(adapters.work.flops.training).toBeLessThan(0.75 * weights.work.flops.training);
    await expect(plan('--lora.rank', '8', '--lora.targets', 'q_proj')).rejects.toThrow('no linear layer of a gpt_neox');
    vi.unstubAllEnvs();
  });

  async function pairs(): Promise<string> {
    const file = join(folder, 'pairs.jsonl');
    const lines = Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({ prompt: `Say ${i % 9}`, chosen: `It is ${i % 9}.`, rejected: 'No.' }),
    );
    await writeFile(file, lines.join('\n'));
    return file;
  }
});
