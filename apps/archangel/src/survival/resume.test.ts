import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeHub } from '@halokit/hub/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Hooks, metricsOf, ownTraining, thumbs } from '../../test/own_training';
import { runTrain } from '../commands/train';
import { Interrupted } from './interrupted';

let folder: string;
let said: string[];
let hooks: Hooks;
let args: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resume-'));
  said = [];
  hooks = {};
  args = ownTraining(folder, { onStep: (step) => hooks.onStep?.(step), factor: (step) => hooks.factor?.(step) ?? 1 });
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  return () => rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const at = (...path: string[]) => join(folder, ...path);
const train = (out: string, ...more: string[]) => runTrain([...args, '--out', at(out), ...more]);
const resume = (out: string, ...more: string[]) => runTrain(['--resume', at(out), ...more]);

/** A checkpoint to begin from. */
const base = (out: string, ...more: string[]) =>
  runTrain(['--method', 'sft', ...args.slice(2), '--max-steps', '1', '--out', at(out), ...more]);

/** Asks the process to stop as soon as a path is there. */
function stopAt(path: string): void {
  const timer = setInterval(() => {
    if (!existsSync(path)) return;
    clearInterval(timer);
    process.emit('SIGINT');
  }, 1);
}

/** Begins a run and stops it in the middle of the method. */
async function stopped(out: string, ...more: string[]): Promise<void> {
  hooks.onStep = (step) => step === 4 && process.emit('SIGINT');
  await expect(train(out, ...more)).rejects.toThrow(Interrupted);
  hooks.onStep = undefined;
}

async function expectSame(a: string, b: string, ...files: string[]): Promise<void> {
  for (const file of files) {
    const [x, y] = [await readFile(at(a, file)), await readFile(at(b, file))];
    expect(y.equals(x), file).toBe(true);
  }
}

describe('a run that was asked to stop goes on to the same bytes', () => {
  test('in SFT, then in the method, once in each; and its figures are the same', async () => {
    const figures = await train('whole');
    stopAt(at('run/checkpoints/sft/step-000002'));
    await expect(train('run', '--save-every', '2')).rejects.toThrow(
      new RegExp(
        `^SFT has stopped after step [2-6] of 6, which is saved. Go on with: archangel train --resume ${at('run')}$`,
      ),
    );
    hooks.onStep = (step) => step === 3 && process.emit('SIGINT');
    await expect(resume('run')).rejects.toThrow('OWN has stopped after step 3 of 8, which is saved');
    hooks.onStep = undefined;
    expect(await readdir(at('run/checkpoints'))).toEqual(['own']);
    const tensors = tf.memory().numTensors;
    expect(await resume('run')).toEqual(figures);
    expect(tf.memory().numTensors).toBe(tensors);

    await expectSame('whole', 'run', 'sft/model.safetensors', 'own/model.safetensors', 'own/tokenizer.json');
    for (const stage of ['sft', 'own']) {
      expect(await metricsOf(at('run'), stage)).toEqual(await metricsOf(at('whole'), stage));
    }
    expect((await readdir(at('run'))).sort()).toEqual((await readdir(at('whole'))).sort());
    expect(said.join('\n')).toMatch(/SFT goes on after step [2-6] of 6\.\n(.*\n)*OWN goes on after step 3 of 8\./);
  });

  test('adapters with dropout in both stages, AdamW, a cosine, a scaled loss', async () => {
    await base('base');
    const more = ['--model', at('base/sft'), '--lora.rank', '2', '--lora.dropout', '0.3', '--sft.first'];
    const how = ['--optimizer', 'adamw', '--schedule', 'cosine', '--sft.learning-rate', '0.01'];
    how.push('--loss-scale', 'dynamic');
    await train('whole', ...more, ...how);
    await stopped('run', ...more, ...how);
    await resume('run');
    expect((await metricsOf(at('run'), 'own')).at(-1)).toMatchObject({ loss_scale: 2 ** 16 });
    await expectSame('whole', 'run', 'sft/adapter/adapter_model.safetensors', 'own/adapter/adapter_model.safetensors');
    await expectSame('whole', 'run', 'own/model.safetensors', 'own/adapter/adapter_config.json');
    expect(await metricsOf(at('run'), 'own')).toEqual(await metricsOf(at('whole'), 'own'));
  });

  test('a run that is finished is measured again', async () => {
    const figures = await train('run');
    const before = await readFile(at('run/own/model.safetensors'));
    expect(await resume('run')).toEqual(figures);
    expect(before.equals(await readFile(at('run/own/model.safetensors')))).toBe(true);
    expect(said.join('\n')).toContain('OWN is behind');
  });

  test('a damaged checkpoint is named, and the one before it taken', async () => {
    await train('whole');
    await stopped('run', '--save-every', '2', '--keep', '3');
    expect((await readdir(at('run/checkpoints/own'))).sort()).toEqual(['step-000002', 'step-000004']);
    await writeFile(at('run/checkpoints/own/step-000004/weights.safetensors'), 'half');
    const warned: string[] = [];
    vi.mocked(process.stderr.write).mockImplementation((text) => warned.push(String(text)) > 0);
    await resume('run');
    expect(said.join('\n')).toContain('OWN goes on after step 2 of 8.');
    await expectSame('whole', 'run', 'own/model.safetensors');
    expect(warned.join('')).toContain('weights.safetensors does not match its checksum. The one before it is taken.');
  });
});

describe('a run does not go on as another', () => {
  test('flags that would change its numbers are refused by name; others are not', async () => {
    await stopped('run');
    await expect(resume('run', '--batch-size', '4', '--sft.epochs', '2')).rejects.toThrow(
      'command line: a run goes on as it began: batchSize was 8 and would be 4; sft.epochs was 3 and would be 2. Leave them ' +
        'out, or begin anew with --out.',
    );
    await expect(resume('run', '--loss-scale', '2')).rejects.toThrow('lossScale was not given and would be 2');
    await expect(resume('run', '--loss-scale', 'all')).rejects.toThrow(
      'lossScale: expected a positive number, or dynamic',
    );
    await expect(resume('run', '--loss.beta', '0.3')).rejects.toThrow('a run goes on as it began: loss.beta was');
    await expect(resume('run', '--btach-size', '4')).rejects.toThrow('unknown key "btachSize"');
    await resume('run', '--batch-size', '8', '--save-every', '1', '--keep', '1', '--on-nan', 'skip', '--threads', '1');
  });

  test('an edited config.yaml is refused by key', async () => {
    await stopped('run');
    const file = at('run/config.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('seed: 1', 'seed: 2'));
    await expect(resume('run')).rejects.toThrow(`${file}: was edited since the run began: seed was 1 and is 2.`);
  });

  test('changed data are named; the same data may lie elsewhere', async () => {
    await stopped('run');
    await appendFile(at('thumbs.jsonl'), '\n{"prompt": "Say 3", "response": "Three.", "desirable": true}');
    await expect(resume('run')).rejects.toThrow(
      `${at('run')}: the data have changed since the run began: ${at('thumbs.jsonl')} is not the file that it was; it had 40 ` +
        'rows and now has 41. Put them back as they were, or begin anew with --out.',
    );
    await writeFile(at('moved.jsonl'), thumbs().join('\n'));
    await resume('run', '--data', at('moved.jsonl'));
  });

  test('data of the hub, which lie in the cache', async () => {
    const hub = await FakeHub.start('me/thumbs', { 'train.jsonl': thumbs().join('\n') });
    vi.stubEnv('HF_ENDPOINT', hub.endpoint);
    vi.stubEnv('XDG_CACHE_HOME', at('cache'));
    args = args.map((arg) => (arg === at('thumbs.jsonl') ? 'hf:me/thumbs' : arg));
    await stopped('run');
    await resume('run');
    await hub.stop();
    vi.unstubAllEnvs();
  });

  test('a loss’s own file that was edited', async () => {
    await stopped('run');
    await appendFile(at('own.js'), '// another');
    await expect(resume('run')).rejects.toThrow(`${at('own.js')}: is not the file that it was when the run began.`);
  });

  test('a model that was swapped, a saved stage that was', async () => {
    await base('base');
    await base('other', '--learning-rate', '0.1');
    await stopped('run', '--model', at('base/sft'), '--sft.first');
    await rename(at('base/sft/model.safetensors'), at('kept'));
    await rename(at('other/sft/model.safetensors'), at('base/sft/model.safetensors'));
    await expect(resume('run')).rejects.toThrow('run.json: the model has changed since the run began');
    await rename(at('kept'), at('base/sft/model.safetensors'));
    await writeFile(at('run/sft/model.safetensors'), 'half');
    await expect(resume('run')).rejects.toThrow('sft/model.safetensors: is gone or is not as the run saved it.');
  });

  test('where there is no run', async () => {
    await expect(resume('nowhere')).rejects.toThrow(
      'nowhere: there is no run here to go on with: it holds no resume.json',
    );
    await stopped('run');
    await writeFile(at('run/resume.json'), '{"format": 1');
    await expect(resume('run')).rejects.toThrow('its resume.json is not whole');
    await writeFile(at('run/resume.json'), '{"format": 9}');
    await expect(resume('run')).rejects.toThrow('is of format 9, and this version reads 1');
  });
});

describe('a batch that is not finite', () => {
  const broken = (from: number, to: number) => {
    hooks.factor = (step) => (step >= from && step <= to ? Number.NaN : 1);
  };

  test('stops the run and is written down; then it is left out', async () => {
    broken(3, 3);
    const file = at('run/own-not-finite-000003.json');
    await expect(train('run', '--save-every', '2')).rejects.toThrow(
      `The batch is in ${file}. Or leave such batches out, from where the run was last saved: archangel train --resume ` +
        `${at('run')} --on-nan skip`,
    );
    const batch = JSON.parse(await readFile(file, 'utf8'));
    expect(batch).toMatchObject({ loss: 'own', step: 3, epoch: 0, metrics: { loss: 'NaN', learning_rate: 5e-5 } });
    expect(batch.examples).toHaveLength(8);
    const [first] = batch.examples;
    expect(first.prompt).toMatch(/Say \d/);
    expect(first.response).toMatch(/It is \d\.|No idea\./);
    expect(first).toMatchObject({ desirable: first.response.startsWith('It is'), loss: 'NaN' });
    expect(first.logps.response).toBeLessThan(0);
    expect(Number.isFinite(first.rewards.response)).toBe(true);

    // The process that goes on begins its count anew: its first step is the run's third.
    broken(1, 1);
    await resume('run', '--on-nan', 'skip');
    const metrics = await metricsOf(at('run'), 'own');
    expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(metrics.map(({ skipped_steps }) => skipped_steps)).toEqual([undefined, undefined, 1, 1, 1, 1, 1, 1]);
  });

  test('lowers the rate when asked, also after the run was stopped and went on', async () => {
    broken(2, 2);
    await stopped('run', '--on-nan', 'lower');
    hooks.factor = undefined;
    await resume('run');
    const rates = (await metricsOf(at('run'), 'own')).map(({ learning_rate }) => learning_rate);
    expect(rates).toEqual([5e-5, 5e-5, ...Array(6).fill(2.5e-5)]);
  });
});

const root = process.platform === 'linux' && process.getuid?.() === 0;
test.skipIf(!root)(
  'a disk that is full for a while: said, and the run goes on to the same bytes (needs root on Linux)',
  async ({ skip }) => {
    await train('whole');
    mkdirSync(at('small'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', at('small')], { stdio: 'pipe' });
    } catch {
      skip('mounting a small disk is forbidden here');
    }
    try {
      const filler = at('small/filler');
      const kept: string[][] = [];
      hooks.onStep = (step) => {
        if (step === 3) expect(spawnSync('dd', ['if=/dev/zero', `of=${filler}`]).status).not.toBe(0);
        if (step === 7) {
          kept.push(readdirSync(at('small/run/checkpoints/own')), readdirSync(at('small/run/checkpoints')));
          rmSync(filler);
        }
      };
      await train('small/run', '--save-every', '2');
      const text = said.join('\n');
      expect(text).toMatch(
        /Step 4 could not be saved: No space left on the disk: \S+\. Free some, .* The run goes on\. What is saved is step 2\./,
      );
      expect(text).toContain('Step 6 could not be saved');
      expect(text).not.toContain('Step 8 could not be saved');
      expect(kept).toEqual([['step-000002'], ['own']]);
      await expectSame('whole', 'small/run', 'own/model.safetensors');
      expect(await metricsOf(at('small/run'), 'own')).toEqual(await metricsOf(at('whole'), 'own'));
    } finally {
      execFileSync('umount', [at('small')]);
    }
  },
);

test('a folder that is taken away while the run is at it', async () => {
  hooks.onStep = (step) => {
    if (step === 2) renameSync(at('run'), at('away'));
  };
  await expect(train('run')).rejects.toThrow(
    `${at('run')}: was removed or renamed while the run was at step 2, so nothing of it can be kept.`,
  );
});
