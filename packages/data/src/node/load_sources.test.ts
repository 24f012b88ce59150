import { gzipSync } from 'node:zlib';
import { FakeHub } from '@halokit/hub/testing';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, expect, test } from 'vitest';
import { realData, withoutRealData } from '../../test/real_data';
import { tempFile, tempFolder } from '../../test/temp_file';
import type { Preference } from '../feedback';
import { parseSources } from '../mixture/source';
import { splitByPrompt } from '../split/split';
import { type LoadSourcesOptions, loadSources } from './load_sources';

const hubs: FakeHub[] = [];
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.stop();
});

const load = async (spec: string, more: Partial<LoadSourcesOptions> = {}) =>
  await loadSources(parseSources(spec), { seed: 1, hub: { cache: await tempFolder(), offline: true }, ...more });

const hhRow = (prompt: string, end = '') =>
  JSON.stringify({
    chosen: `\n\nHuman: ${prompt}\n\nAssistant: good${end}`,
    rejected: `\n\nHuman: ${prompt}\n\nAssistant: bad${end}`,
  });
const shpRows = (prompts: readonly string[]) =>
  prompts.map((history) => ({
    post_id: history,
    history,
    human_ref_A: 'bad',
    human_ref_B: 'good',
    score_A: 1n,
    score_B: 9n,
    labels: 0n,
  }));
const asJson = (rows: readonly object[]) =>
  rows.map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value))).join('\n');
const asParquet = (rows: readonly object[]) => {
  const names = Object.keys(rows[0] as object);
  const data = (name: string) => rows.map((row) => (row as Record<string, unknown>)[name]);
  return new Uint8Array(
    parquetWriteBuffer({ columnData: names.map((name) => ({ name, data: data(name) as never[] })) }),
  );
};

test('folders of two sets, one of them on the hub, their prompts kept together', async () => {
  const hh = await tempFolder({
    'helpful-base/train.jsonl.gz': gzipSync([hhRow('one'), hhRow('two'), hhRow('  ')].join('\n')),
    'helpful-base/test.jsonl.gz': gzipSync(hhRow('held')),
    'harmless-base/train.jsonl.gz': gzipSync(hhRow('three')),
    'red-team-attempts/red_team_attempts.jsonl.gz': gzipSync('[{"transcript": 1}]'),
  });
  const hub = await FakeHub.start('stanfordnlp/SHP', {
    'askhr/train.json': asJson(shpRows(['two ', 'four'])),
    'askhr/validation.json': 'no',
    'askhr/test.json': asJson(shpRows(['five'])),
  });
  hubs.push(hub);
  const options = { hub: { cache: await tempFolder(), endpoint: hub.endpoint } };
  const { feedback, sources, counts, sharedPrompts } = await load(`shp + hh:${hh}`, options);
  const brief = (feedback.examples as readonly Preference[]).map(({ prompt, chosen, set, source, line }) => [
    prompt[0]?.content,
    chosen,
    set,
    source.slice(-32),
    line,
  ]);
  expect(brief).toEqual([
    ['two', 'good', 'shp', 'hf:stanfordnlp/SHP/askhr/train.json'.slice(-32), 1],
    ['four', 'good', 'shp', 'hf:stanfordnlp/SHP/askhr/train.json'.slice(-32), 2],
    ['three', 'good', 'hh-harmless', `${hh}/harmless-base/train.jsonl.gz`.slice(-32), 1],
    ['one', 'good', 'hh-helpful', `${hh}/helpful-base/train.jsonl.gz`.slice(-32), 1],
    ['two', 'good', 'hh-helpful', `${hh}/helpful-base/train.jsonl.gz`.slice(-32), 2],
    ['', 'good', 'hh-helpful', `${hh}/helpful-base/train.jsonl.gz`.slice(-32), 3],
  ]);
  expect(sharedPrompts).toBe(1);
  expect(counts).toMatchObject({ read: 6, kept: 6 });
  expect(sources.map(({ files }) => files.length)).toEqual([1, 2]);

  const { train, heldOut } = splitByPrompt(feedback.examples as readonly Preference[], { share: 0.4, seed: 2 });
  const contents = (side: readonly Preference[]) => side.map(({ prompt }) => prompt[0]?.content);
  expect(contents(train).filter((content) => contents(heldOut).includes(content))).toEqual([]);

  const test_ = await load(`shp + hh:${hh}`, { ...options, split: 'test' });
  expect(test_.feedback.examples.map(({ prompt }) => prompt[0]?.content)).toEqual(['five', 'held']);
});

test('parquet gives what .json gives, with its row numbers', async () => {
  const rows = shpRows(['one', 'two', 'three']);
  const examples = async (name: string, bytes: string | Uint8Array) =>
    (await load(`shp:${await tempFile(name, bytes)}`)).feedback.examples.map(({ source: _, ...example }) => example);
  const [json, parquet] = [await examples('a.json', asJson(rows)), await examples('a.parquet', asParquet(rows))];
  expect(json.length).toBe(3);
  expect(parquet).toEqual(json);
});

test('weights, caps, and single responses among pairs', async () => {
  const hh = await tempFile('hh.jsonl', Array.from({ length: 40 }, (_, i) => hhRow(`p${i}`)).join('\n'));
  const thumbs = await tempFile('thumbs.csv', 'prompt,response,desirable\np1,fine,true\np2,no,false\n');
  const half = await load(`hh:${hh}*0.5`);
  expect([half.feedback.kind, half.feedback.examples.length]).toEqual(['preferences', 20]);
  expect(half.sources).toMatchObject([{ prompts: 40, held: 40, taken: 20 }]);
  expect((await load(`hh:${hh}*3#50`)).feedback.examples.length).toBe(50);
  const both = await load(`hh:${hh}+${thumbs}`);
  expect([both.feedback.kind, both.feedback.examples.length, both.sharedPrompts]).toEqual(['binary', 82, 2]);
});

test('a folder of feedback files is read whole, whatever their names', async () => {
  const row = (prompt: string) => JSON.stringify({ prompt, response: 'x', desirable: true });
  const folder = await tempFolder({ 'train.jsonl': row('a'), 'test.jsonl': row('b'), 'notes.txt': 'x' });
  const { feedback, sources } = await load(folder);
  expect(feedback.examples.length).toBe(2);
  expect(sources[0]?.files).toEqual([`${folder}/test.jsonl`, `${folder}/train.jsonl`]);
});

test.each([
  ['hh', 'hf:Anthropic/hh-rlhf: is not in the cache '],
  ['hh:/no/such/file', 'ENOENT'],
])('%s is refused', async (spec, message) => {
  await expect(load(spec)).rejects.toThrow(message);
});

test('a folder without the side that is wanted is refused', async () => {
  const folder = await tempFolder({ 'train.jsonl': hhRow('a') });
  await expect(load(`hh:${folder}`, { split: 'test' })).rejects.toThrow('none of its files is for test: train.jsonl');
});

test.skipIf(withoutRealData)('the real rows of HH and OASST as a mixture (needs HALOKIT_TEST_DATA)', async () => {
  const { feedback, counts, sharedPrompts } = await load(`hh:${realData('hh-rlhf')}+oasst:${realData('oasst1')}*0.5`, {
    split: 'test',
  });
  expect(counts).toMatchObject({ read: 1982 + 1774, kept: 1947 + 1353 });
  const sets = feedback.examples.map((example) => example.set);
  expect(sets.filter((set) => set === 'hh-harmless').length).toBe(1947);
  expect(sharedPrompts).toBe(0);
});
