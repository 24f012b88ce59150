import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { trainTokenizer } from '../tokens/train_tokenizer';
import { loadTokenizer } from './load_tokenizer';

const json = JSON.stringify(trainTokenizer(['the cat'], 262, ['</s>', '<end>']));

async function folder(files: Record<string, string>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tokenizer-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}

test('from a folder or a file, with the config beside it', async () => {
  const files = {
    'tokenizer.json': json,
    'tokenizer_config.json': '{"eos_token":"<end>"}',
    'special_tokens_map.json': '{"eos_token": "<end>"}',
  };
  const path = await folder(files);
  for (const place of [path, join(path, 'tokenizer.json')]) {
    const loaded = await loadTokenizer(place);
    expect(loaded.tokenizer.eosId).toBe(1);
    expect(loaded.files).toEqual(files);
  }
});

test('a chat template in a file of its own goes before that of the config', async () => {
  const files = {
    'tokenizer.json': json,
    'tokenizer_config.json': '{"eos_token":"<end>","chat_template":"old"}',
    'chat_template.jinja': 'new',
  };
  const loaded = await loadTokenizer(await folder(files));
  expect(loaded.files).toEqual(files);
  expect(loaded.config).toEqual({ eos_token: '<end>', chat_template: 'new' });
});

test('without a config', async () => {
  const { tokenizer, files, config } = await loadTokenizer(await folder({ 'tokenizer.json': json }));
  expect(tokenizer.eosId).toBe(0);
  expect(config).toBeUndefined();
  expect(Object.keys(files)).toEqual(['tokenizer.json']);
});

test.each([
  [{ 'tokenizer.json': '{' }, 'tokenizer.json: is not a JSON object'],
  [{ 'tokenizer.json': json, 'tokenizer_config.json': 'null' }, 'tokenizer_config.json: is not a JSON object'],
  [{ 'tokenizer.json': '{}' }, 'tokenizer.json: is not a tokenizer this program can use'],
])('%j is refused by name', async (files, message) => {
  const path = await folder(files);
  await expect(loadTokenizer(path)).rejects.toMatchObject({
    name: 'InputError',
    message: expect.stringContaining(`${path}/${message}`),
  });
});

test('what cannot be read is the system’s error, with its path', async () => {
  const path = await folder({});
  await expect(loadTokenizer(path)).rejects.toMatchObject({ code: 'ENOENT', path: join(path, 'tokenizer.json') });
  await writeFile(join(path, 'tokenizer.json'), json);
  await mkdir(join(path, 'tokenizer_config.json'));
  await expect(loadTokenizer(path)).rejects.toMatchObject({ code: 'EISDIR' });
});
