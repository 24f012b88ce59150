import '@tensorflow/tfjs';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HubEvent, HubOptions } from '@halokit/hub';
import { FakeHub } from '@halokit/hub/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { fixture } from '../../test/oracle';
import { disposeModel } from '../causal_lm';
import { fetchCheckpoint, loadCheckpoint } from '.';

beforeAll(() => tf.setBackend('cpu'));

type Files = Record<string, Uint8Array | string>;

const single = 'model.safetensors';
const index = `${single}.index.json`;
const hubs: FakeHub[] = [];
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.stop();
});

/** What an oracle checkpoint holds, and what repositories hold beside. */
async function filesOf(name: string, more: Files = {}): Promise<Files> {
  const files: Files = {};
  for (const file of await readdir(fixture(name))) files[file] = await readFile(join(fixture(name), file));
  const beside = { 'README.md': '# Tiny', 'pytorch_model.bin': 'pickle', 'onnx/model.onnx': 'x', 'tf_model.h5': 'x' };
  return { ...files, 'tokenizer.json': '{}', 'chat_template.jinja': 'hi', ...beside, ...more };
}

async function start(files: Files) {
  const hub = await FakeHub.start('me/tiny', files, { kind: 'models', lfs: (path) => !path.endsWith('.json') });
  hubs.push(hub);
  const events: HubEvent[] = [];
  const options: HubOptions = {
    ...{ cache: await mkdtemp(join(tmpdir(), 'halokit-models-')), endpoint: hub.endpoint },
    ...{ retryDelay: 1, retries: 2, stallAfter: 2000 },
    onEvent: (event) => events.push(event),
  };
  const folder = join(options.cache, 'models/me/tiny', hub.commit);
  return { hub, options, events, folder };
}

test('a single file: the same model, with its config and tokenizer and nothing else, fetched once', async () => {
  const { hub, options, folder, events } = await start(await filesOf('neox-parallel'));
  const model = await loadCheckpoint('hf:me/tiny', { hub: options });
  const local = await loadCheckpoint(fixture('neox-parallel'));
  expect(model.config).toEqual(local.config);
  for (const [name, weight] of local.weights) expect(model.weights.get(name)?.dataSync()).toEqual(weight.dataSync());
  const kept = ['chat_template.jinja', 'config.json', single, 'tokenizer.json'];
  expect((await readdir(folder)).sort()).toEqual(kept);

  const done = events.filter(({ kind }) => kind === 'done');
  expect(done.map((event) => event.kind === 'done' && event.file.slice('hf:me/tiny/'.length)).sort()).toEqual(kept);
  const before = hub.requests.length;
  expect(await fetchCheckpoint('hf:me/tiny@main', options)).toEqual({ folder, repo: 'me/tiny', commit: hub.commit });
  expect(hub.requests.length).toBe(before + 1);
  await hub.stop();
  expect((await fetchCheckpoint('hf:me/tiny', { ...options, offline: true })).folder).toBe(folder);
  for (const of of [model, local]) disposeModel(of);
});

test('shards by their index, over connections that drop and stall', async () => {
  const { hub, options, folder, events } = await start(
    await filesOf('llama-mha-sharded', { 'model-00009-of-00009.safetensors': 'in no index' }),
  );
  hub.drop('model-00001-of-00003.safetensors', 5000);
  hub.stall('model-00002-of-00003.safetensors', 7000);
  hub.drop('model-00003-of-00003.safetensors', 0);
  const model = await loadCheckpoint('hf:me/tiny', { hub: { ...options, stallAfter: 300 }, trainable: false });
  const whole = await loadCheckpoint(fixture('llama-mha'));
  for (const [name, weight] of whole.weights) expect(model.weights.get(name)?.dataSync()).toEqual(weight.dataSync());
  expect([...model.weights.values()].some(({ trainable }) => trainable)).toBe(false);
  const shards = [1, 2, 3].map((n) => `model-0000${n}-of-00003.safetensors`);
  expect((await readdir(folder)).filter((name) => name.startsWith('model'))).toEqual([...shards, index]);
  const resumed = hub.requests.filter(({ store, range }) => store && range !== 'bytes=0-');
  expect(resumed.map(({ range }) => range)).toContain('bytes=5000-');
  expect(events.filter(({ kind }) => kind === 'retry').length).toBe(3);
  // The shards are of the index's commit, whatever the branch is by then.
  expect(hub.requests.filter(({ url }) => url.includes('/revision/')).length).toBe(1);
  for (const of of [model, whole]) disposeModel(of);
});

test('of a single file and shards, the single file alone', async () => {
  const shards = await filesOf('llama-mha-sharded');
  const { options, folder } = await start({ ...shards, ...(await filesOf('llama-mha')) });
  await fetchCheckpoint('hf:me/tiny', options);
  expect((await readdir(folder)).filter((name) => name.startsWith('model'))).toEqual([single]);
});

test.each(['refs/pr/1', 'refs%2Fpr%2F1', 'v1'])('the revision %s', async (revision) => {
  const { hub, options } = await start(await filesOf('neox-parallel'));
  expect((await fetchCheckpoint(`hf:me/tiny@${revision}`, options)).commit).toBe(hub.commit);
  expect(hub.requests[0]?.url).toContain(`/api/models/me/tiny/revision/${revision.replaceAll('/', '%2F')}?`);
});

test('parts of it: the config before it is loaded, the tokenizer by itself', async () => {
  const { options, folder } = await start(await filesOf('neox-parallel', { 'generation_config.json': '{}' }));
  await fetchCheckpoint('hf:me/tiny', options, { parts: ['config'] });
  expect((await readdir(folder)).sort()).toEqual(['config.json', 'generation_config.json']);
  await fetchCheckpoint('hf:me/tiny', options, { parts: ['tokenizer'] });
  expect(existsSync(join(folder, 'tokenizer.json'))).toBe(true);
  expect(existsSync(join(folder, single))).toBe(false);
});

const config = { 'config.json': '{}' };
const mapTo = (shard: string) => ({ ...config, [index]: JSON.stringify({ weight_map: { w: shard } }) });
test.each<[string, Files, string]>([
  ['no config', { [single]: 'x' }, 'hf:me/tiny: holds no config.json. Is it a language model'],
  ['no weights', config, 'hf:me/tiny: holds no model.safetensors. Is it a language model'],
  [
    'weights in the older format alone',
    { ...config, 'pytorch_model-00001-of-00002.bin': 'x' },
    'hf:me/tiny: holds its weights only as pytorch_model-00001-of-00002.bin, which is a program as much as data and is ' +
      'not read. Name a revision with safetensors, often a pull request of the hub’s converter, as in hf:owner/name@refs/pr/1',
  ],
  [
    'a shard that is not there',
    mapTo('model-00001-of-00002.safetensors'),
    'hf:me/tiny: its index names model-00001-of-00002.safetensors, which is not there. Its upload may not be complete',
  ],
  ['an index that leads out', mapTo('../../secret'), 'is not the name of a safetensors file beside the index'],
  ['an index to a file of another kind', mapTo('.env'), 'is not the name of a safetensors file beside the index'],
  ['an index that is none', { ...config, [index]: '[' }, `${index}: is not a JSON object`],
])('%s', async (_, files, message) => {
  const { options } = await start(files);
  await expect(fetchCheckpoint('hf:me/tiny', options)).rejects.toMatchObject({
    name: 'InputError',
    message: expect.stringContaining(message),
  });
});

test('a wrong checksum is refused by name, and nothing of the file is kept', async () => {
  const { hub, options, folder } = await start(await filesOf('llama-mha-sharded'));
  const shard = 'model-00002-of-00003.safetensors';
  hub.lies.set(shard, 'f'.repeat(64));
  await expect(loadCheckpoint('hf:me/tiny', { hub: options })).rejects.toThrow(
    `hf:me/tiny/${shard}: arrived with the sha256 `,
  );
  expect((await readdir(folder)).filter((name) => name.startsWith(shard))).toEqual([]);
});

test.each([
  [401, {}, 'the hub refuses it (401): it is private, gated or not there'],
  [401, { 'x-error-code': 'GatedRepo' }, 'is gated (401). Ask for access at http'],
  [403, { 'x-error-code': 'GatedRepo' }, 'is gated (403). Ask for access at http'],
  [404, {}, 'is not on the hub'],
  [429, {}, 'the hub asks for patience (429)'],
  [500, {}, 'the hub answered 500'],
])('an answer of %i for the weights is said with the file and the fix', async (status, headers, message) => {
  const { hub, options } = await start(await filesOf('neox-parallel'));
  hub.fail(`/resolve/${hub.commit}/${single}`, status, headers, 3);
  await expect(loadCheckpoint('hf:me/tiny', { hub: options })).rejects.toThrow(`hf:me/tiny/${single}: ${message}`);
});

test.each(['hf:tiny', 'hf:me/tiny/sub', 'hf:me/tiny@', 'hf:../tiny', 'hf:me/tiny@%'])(
  '%s is no place',
  async (place) => {
    const { hub, options } = await start({});
    await expect(loadCheckpoint(place, { hub: options })).rejects.toThrow(
      /names no (model|repository) of the hub|no revision/,
    );
    expect(hub.requests).toEqual([]);
  },
);

test('without a place to keep it', async () => {
  await expect(loadCheckpoint('hf:me/tiny')).rejects.toThrow(
    "hf:me/tiny: is on the hub. Say where to keep it: { hub: { cache: 'FOLDER' } }.",
  );
});
