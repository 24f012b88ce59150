import '@tensorflow/tfjs';
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fixture } from '../../test/oracle';
import { disposeModel } from '../causal_lm';
import { hasHead } from '../heads/heads';
import { addRewardHead } from '../heads/reward_head';
import { addValueHead } from '../heads/value_head';
import { loadCheckpoint, saveCheckpoint } from '.';

beforeAll(() => tf.setBackend('cpu'));

const folder = () => mkdtemp(join(tmpdir(), 'checkpoint-'));

async function copyOf(name: string): Promise<string> {
  const copy = join(await folder(), name);
  await cp(fixture(name), copy, { recursive: true });
  return copy;
}

/** Rewrites the header of a copy's weights. */
async function editHeader(path: string, edit: (header: Record<string, unknown>) => void): Promise<void> {
  const file = join(path, 'model.safetensors');
  const bytes = await readFile(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
  edit(header);
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  await writeFile(file, Buffer.concat([size, text, bytes.subarray(8 + length)]));
}

describe('saving', () => {
  test.each(['neox-parallel', 'llama-rope3', 'llama-tied'])(
    '%s comes back bit for bit, config included',
    async (name) => {
      const model = await loadCheckpoint(fixture(name));
      const path = join(await folder(), 'saved');
      await saveCheckpoint(model, path, { files: { 'tokenizer.json': '{}' } });
      const back = await loadCheckpoint(path);
      expect(back.config).toEqual(model.config);
      for (const [key, weight] of model.weights) expect(back.weights.get(key)?.dataSync()).toEqual(weight.dataSync());
      expect((await readdir(path)).sort()).toEqual([
        'config.json',
        'generation_config.json',
        'model.safetensors',
        'tokenizer.json',
      ]);
      disposeModel(model);
      disposeModel(back);
    },
  );

  test('heads come back with the model, each by itself and both', async () => {
    const path = join(await folder(), 'saved');
    const before = tf.memory().numTensors;
    let model = await loadCheckpoint(fixture('llama-tied'));
    for (const [add, value, reward] of [
      [addRewardHead, false, true],
      [addValueHead, true, true],
    ] as const) {
      model = add(model, { seed: 1 });
      await saveCheckpoint(model, path);
      const back = await loadCheckpoint(path);
      expect([...back.weights.keys()].sort()).toEqual([...model.weights.keys()].sort());
      for (const [key, weight] of model.weights) expect(back.weights.get(key)?.dataSync()).toEqual(weight.dataSync());
      expect([hasHead(back, 'value'), hasHead(back, 'reward')]).toEqual([value, reward]);
      disposeModel(back);
    }
    disposeModel(model);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('an existing checkpoint is replaced whole', async () => {
    const path = join(await folder(), 'saved');
    for (const name of ['llama-mha', 'neox-parallel']) {
      const model = await loadCheckpoint(fixture(name));
      await saveCheckpoint(model, path);
      disposeModel(model);
    }
    expect((await loadCheckpoint(path)).config.modelType).toBe('gpt_neox');
    expect(await readdir(join(path, '..'))).toEqual(['saved']);
  });

  const small = process.platform === 'linux' && process.getuid?.() === 0;
  test.skipIf(!small)(
    'a full disk leaves what was there and nothing half-written (needs root on Linux)',
    async ({ skip }) => {
      const disk = await folder();
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=150k', 'tmpfs', disk], { stdio: 'pipe' });
      } catch {
        skip('mounting a small disk is forbidden here');
      }
      try {
        const model = await loadCheckpoint(fixture('llama-tied'));
        const path = join(disk, 'saved');
        await saveCheckpoint(model, path);
        const before = await readFile(join(path, 'model.safetensors'));
        await expect(saveCheckpoint(model, path)).rejects.toMatchObject({ code: 'ENOSPC' });
        expect(await readdir(disk)).toEqual(['saved']);
        expect(await readFile(join(path, 'model.safetensors'))).toEqual(before);
      } finally {
        execFileSync('umount', [disk]);
        await rm(disk, { recursive: true });
      }
    },
  );
});

describe('a broken checkpoint is refused by name', () => {
  const cases: [string, (path: string) => Promise<void>, string][] = [
    [
      'a missing tensor',
      (p) => editHeader(p, (h) => delete h['embed_out.weight']),
      'tensor embed_out.weight is missing',
    ],
    [
      'an extra tensor',
      (p) =>
        editHeader(p, (h) => {
          h['extra.weight'] = { dtype: 'F32', shape: [0], data_offsets: [0, 0] };
        }),
      'tensor extra.weight has no place in a gpt_neox model',
    ],
    [
      'a misshapen tensor',
      (p) =>
        editHeader(p, (h) => {
          (h['embed_out.weight'] as { shape: number[] }).shape = [32, 97];
        }),
      'tensor embed_out.weight is [32,97], but config.json makes it [97,32]',
    ],
    [
      'half a head',
      (p) =>
        editHeader(p, (h) => {
          h['value_head.4.bias'] = { dtype: 'F32', shape: [0], data_offsets: [0, 0] };
        }),
      'tensor value_head.0.weight is missing',
    ],
    [
      'a misshapen head',
      (p) =>
        editHeader(p, (h) => {
          h['score.weight'] = { dtype: 'F32', shape: [2, 0], data_offsets: [0, 0] };
        }),
      'tensor score.weight is [2,0], but config.json makes it [1,32]',
    ],
    [
      'a file cut short',
      async (p) => {
        const file = join(p, 'model.safetensors');
        await writeFile(file, (await readFile(file)).subarray(0, 50_000));
      },
      'the file is cut short',
    ],
    ['an empty file', (p) => writeFile(join(p, 'model.safetensors'), ''), 'too short for a safetensors file'],
    ['an unknown family', (p) => writeFile(join(p, 'config.json'), '{"model_type":"bert"}'), 'model_type is "bert"'],
    [
      'a config with a hole',
      (p) => writeFile(join(p, 'config.json'), '{"model_type":"gpt_neox"}'),
      'hidden_size is missing',
    ],
    ['a config that is no JSON', (p) => writeFile(join(p, 'config.json'), 'x'), 'config.json: is not a JSON object'],
    ['no weights', (p) => rm(join(p, 'model.safetensors')), 'holds neither model.safetensors nor'],
  ];

  test.each(cases)('%s', async (_, spoil, message) => {
    const path = await copyOf('neox-parallel');
    await spoil(path);
    const before = tf.memory().numTensors;
    await expect(loadCheckpoint(path)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('an index that points elsewhere', async () => {
    const path = await copyOf('llama-mha-sharded');
    const index = join(path, 'model.safetensors.index.json');
    await writeFile(index, JSON.stringify({ weight_map: { w: '../../secret' } }));
    await expect(loadCheckpoint(path)).rejects.toThrow('"../../secret" is not the name of a file beside the index');
  });
});
