import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTokenizer } from '@halokit/data/node';
import { FakeHub } from '@halokit/hub/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { runTrain } from './train';

let folder: string;
let said: string[];
let told: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saved-'));
  said = [];
  told = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => told.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const small = [
  ...['--shape.layers', '1', '--shape.width', '16', '--shape.heads', '2', '--shape.context', '256'],
  ...['--batch-size', '8', '--held-out', '0.2', '--max-length', '200', '--max-prompt-length', '100'],
  ...['--max-steps', '1', '--sft.max-steps', '1'],
];

async function train(out: string, ...more: string[]): Promise<string> {
  const data = join(folder, 'thumbs.jsonl');
  const lines = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ prompt: `Say ${i % 9}`, response: i % 2 ? `It is ${i % 9}.` : 'No.', desirable: i % 2 === 1 }),
  );
  await writeFile(data, lines.join('\n'));
  await runTrain(['--method', 'kto', '--data', data, '--out', join(folder, out), ...small, ...more]);
  return join(folder, out);
}

async function cardOf(model: string) {
  const card = await readFile(join(model, 'README.md'), 'utf8');
  const [, metadata = '', text = ''] = /^---\n(.*?)\n---\n(.*)$/s.exec(card) ?? [];
  return { metadata: parse(metadata), text };
}

const kept = ['README.md', 'config.json', 'generation_config.json', 'model.safetensors', 'tokenizer.json'];

test('a model made here is saved with a tokenizer that Transformers opens, and a card', async () => {
  const out = await train('run');
  for (const model of ['sft', 'kto']) {
    expect((await readdir(join(out, model))).sort()).toEqual([...kept, 'tokenizer_config.json']);
  }
  const config = JSON.parse(await readFile(join(out, 'kto/tokenizer_config.json'), 'utf8'));
  const end = '<|endoftext|>';
  expect(config).toMatchObject({ tokenizer_class: 'PreTrainedTokenizerFast', bos_token: end, eos_token: end });
  expect(config.pad_token).toBe(end);
  const { tokenizer } = await loadTokenizer(join(out, 'kto'));
  expect(tokenizer.bosId).toBeUndefined();
  expect(tokenizer.decode([tokenizer.eosId], { special: true })).toBe(end);

  const { metadata, text } = await cardOf(join(out, 'kto'));
  expect(metadata.tags).toContain('kto');
  expect(metadata['model-index'][0].results[0].metrics[0].type).toBe('area_under_the_roc_curve');
  expect(text).toContain('It started from fresh weights, trained with SFT first');
  expect(text).toMatch(/\| area under the ROC curve \| [\d.]+ % \[[\d.]+, [\d.]+\] \| \d+ \|/);
  expect(text).toMatch(/desirableWeight: 1/);
  const sft = await cardOf(join(out, 'sft'));
  expect(sft.text).toContain('## Results\n\nNot measured: it is what KTO starts from.');
  expect(sft.metadata['model-index']).toBeUndefined();
});

describe('--model hf:', () => {
  const special = '{"eos_token": "<|endoftext|>"}';
  const generation = '{"eos_token_id": 0, "temperature": 0.7}';

  async function start(change: (files: Record<string, Uint8Array | string>) => void = () => {}) {
    const base = join(await train('base'), 'sft');
    const files: Record<string, Uint8Array | string> = { 'pytorch_model.bin': 'pickle' };
    for (const name of await readdir(base)) files[name] = await readFile(join(base, name));
    Object.assign(files, { 'special_tokens_map.json': special, 'generation_config.json': generation });
    change(files);
    const hub = await FakeHub.start('me/tiny', files, { kind: 'models' });
    vi.stubEnv('HF_ENDPOINT', hub.endpoint);
    vi.stubEnv('HF_TOKEN', undefined);
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
    told.length = 0;
    return hub;
  }

  const weightsOf = (hub: FakeHub) => hub.requests.filter(({ url }) => /\/store\/.*safetensors/.test(url)).length;

  test('trains from there, with its tokenizer, at a commit that is written down; then without the network', async () => {
    const hub = await start();
    const out = await train('run', '--model', 'hf:me/tiny@refs/pr/1');
    expect(await readdir(out)).not.toContain('sft');
    const saved = join(out, 'kto');
    const files = [...kept, 'special_tokens_map.json', 'tokenizer_config.json'].sort();
    expect((await readdir(saved)).sort()).toEqual(files);
    expect(await readFile(join(saved, 'special_tokens_map.json'), 'utf8')).toBe(special);
    expect(JSON.parse(await readFile(join(saved, 'generation_config.json'), 'utf8')).temperature).toBe(0.7);
    const place = `hf:me/tiny@${hub.commit}`;
    expect(parse(await readFile(join(out, 'config.yaml'), 'utf8')).model).toBe(place);
    const { metadata, text } = await cardOf(saved);
    expect(metadata).toMatchObject({ base_model: 'me/tiny', base_model_relation: 'finetune' });
    expect(text).toContain(`It started from \`me/tiny\` at commit \`${hub.commit}\`.`);
    expect(hub.requests.some(({ url }) => url.includes('pytorch_model'))).toBe(false);
    expect(told.join('')).toMatch(/tiny, MB: [\d.]+\/[\d.]+ in /);
    expect(said.join('\n')).toContain('Model: hf:me/tiny@refs/pr/1, ');

    await hub.stop();
    await train('again', '--model', place, '--offline');
    const weights = (run: string) => readFile(join(folder, run, 'kto/model.safetensors'));
    expect((await weights('again')).equals(await weights('run'))).toBe(true);
  });

  test('a gated model: how to get access and where the token goes', async () => {
    const hub = await start();
    hub.fail('/resolve/', 401, { 'x-error-code': 'GatedRepo' });
    await expect(train('run', '--model', 'hf:me/tiny')).rejects.toThrow(
      `is gated (401). Ask for access at ${hub.endpoint}/me/tiny, signed in. Make a token that may read it at ` +
        `${hub.endpoint}/settings/tokens and give it in the environment variable HF_TOKEN.`,
    );
    vi.stubEnv('HF_TOKEN', 'hf_secret');
    hub.fail('/resolve/', 403, { 'x-error-code': 'GatedRepo' });
    await expect(train('run', '--model', 'hf:me/tiny')).rejects.toThrow(
      'and the token in the environment variable HF_TOKEN has no access',
    );
    await hub.stop();
  });

  test('what does not suit it is said before its weights are fetched', async () => {
    const hub = await start((files) => delete files['tokenizer.json']);
    await expect(train('run', '--model', 'hf:me/tiny')).rejects.toThrow(
      'hf:me/tiny: holds no tokenizer.json. Name a tokenizer that suits it with --tokenizer.',
    );
    const tokenizer = join(folder, 'base/sft');
    await expect(
      train('run', '--model', 'hf:me/tiny', '--tokenizer', tokenizer, '--max-length', '300'),
    ).rejects.toThrow("maxLength is 300 tokens but the model's context 256");
    expect(weightsOf(hub)).toBe(0);
    await train('run', '--model', 'hf:me/tiny', '--tokenizer', tokenizer);
    expect(weightsOf(hub)).toBe(1);
    await hub.stop();
  });
});
