import '@tensorflow/tfjs';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { fixture } from '../../test/oracle';
import { disposeModel } from '../causal_lm';
import { readCheckpoint } from '../checkpoint/read_checkpoint';
import { loadCheckpoint } from '.';
import { folderFiles } from './folder_files';

beforeAll(() => tf.setBackend('cpu'));

async function copyOf(name: string): Promise<string> {
  const copy = join(await mkdtemp(join(tmpdir(), 'checkpoint-')), name);
  await cp(fixture(name), copy, { recursive: true });
  return copy;
}

const linux = process.platform === 'linux';
const openFiles = async () => (linux ? (await readdir('/proc/self/fd')).length : 0);

test('a file gives the bytes that are asked for, and fewer where it ends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  await writeFile(join(folder, 'x'), '0123456789');
  const file = await folderFiles(folder).open('x');
  expect(file?.size).toBe(10);
  expect(await file?.read(3, 5)).toEqual(Uint8Array.from([51, 52]));
  expect(await file?.read(8, 12)).toEqual(Uint8Array.from([56, 57]));
  await file?.close?.();
  expect(await folderFiles(folder).open('y')).toBeUndefined();
});

test('a folder may hold links to its files, as the hub’s cache does', async () => {
  const path = await copyOf('llama-mha');
  const elsewhere = join(path, '..', 'blob');
  await rename(join(path, 'model.safetensors'), elsewhere);
  await symlink(elsewhere, join(path, 'model.safetensors'));
  disposeModel(await loadCheckpoint(path));
});

const cases: [string, (path: string) => Promise<unknown>, string][] = [
  [
    'no folder',
    (path) => rm(path, { recursive: true }),
    'neox-parallel: holds no config.json, so this is no checkpoint',
  ],
  [
    'a file in the folder’s place',
    async (path) => {
      await rm(path, { recursive: true });
      await writeFile(path, '');
    },
    'neox-parallel: holds no config.json',
  ],
  [
    'a folder in a file’s place',
    async (path) => {
      await rm(join(path, 'model.safetensors'));
      await mkdir(join(path, 'model.safetensors'));
    },
    'neox-parallel/model.safetensors: is not a file',
  ],
  [
    'a file cut short',
    (path) => truncate(join(path, 'model.safetensors'), 50_000),
    'it is cut short or broken. Download it again',
  ],
];

test.each(cases)('%s: an InputError, and no file stays open', async (_, spoil, message) => {
  const path = await copyOf('neox-parallel');
  await spoil(path);
  const before = await openFiles();
  const error = await loadCheckpoint(path).catch((error: unknown) => error);
  expect(error).toMatchObject({ name: 'InputError', message: expect.stringContaining(message) });
  expect(await openFiles()).toBe(before);
});

test.skipIf(!linux)('a pipe that nobody writes to does not keep anybody waiting (needs Linux)', async () => {
  const path = await copyOf('neox-parallel');
  await rm(join(path, 'model.safetensors'));
  execFileSync('mkfifo', [join(path, 'model.safetensors')]);
  await expect(loadCheckpoint(path)).rejects.toThrow('model.safetensors: is not a file');
});

test('a file that shrinks while it is read is an InputError, and everything is freed', async () => {
  const path = await copyOf('neox-parallel');
  const files = folderFiles(path);
  const before = [tf.memory().numTensors, await openFiles()];
  const shrinking: typeof files = {
    name: files.name,
    async open(name) {
      const file = await files.open(name);
      if (name !== 'model.safetensors' || !file) return file;
      const shrink = async (start: number, end: number) => {
        if (end - start > 10_000) await truncate(join(path, name), 20_000);
        return file.read(start, end);
      };
      return { ...file, read: shrink };
    },
  };
  await expect(readCheckpoint(shrinking)).rejects.toThrow('changed while it was read. Try again.');
  expect([tf.memory().numTensors, await openFiles()]).toEqual(before);
});
