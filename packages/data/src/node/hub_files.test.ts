import { FakeHub } from '@halokit/hub/testing';
import { afterEach, expect, test } from 'vitest';
import { tempFolder } from '../../test/temp_file';
import { parseSources } from '../mixture/source';
import { hubFiles } from './hub_files';

const hubs: FakeHub[] = [];
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.stop();
});

async function start(files: Record<string, string>) {
  const hub = await FakeHub.start('me/set', files);
  hubs.push(hub);
  const cache = await tempFolder();
  return (spec: string, select?: (paths: readonly string[]) => readonly string[]) => {
    const [source] = parseSources(spec);
    if (source?.place.kind !== 'hub') throw new Error(spec);
    return hubFiles(source.place, { cache, endpoint: hub.endpoint }, select).then((found) =>
      found.map(({ name }) => name),
    );
  };
}

test('files of rows, in the order of their names, and nothing else', async () => {
  const fetch = await start({ 'b.jsonl': '1', 'README.md': '#', LICENSE: 'x', 'a/c.parquet': '2', 'a/b.csv.gz': '3' });
  expect(await fetch('hf:me/set')).toEqual(['hf:me/set/a/b.csv.gz', 'hf:me/set/a/c.parquet', 'hf:me/set/b.jsonl']);
  expect(await fetch('hf:me/set', (paths) => paths.slice(1))).toEqual(['hf:me/set/a/c.parquet', 'hf:me/set/b.jsonl']);
});

test('one folder, one file, another revision', async () => {
  const fetch = await start({ 'a/x.jsonl': '1', 'a/deep/y.jsonl': '2', 'ab/z.jsonl': '3' });
  expect(await fetch('hf:me/set@v1/a')).toEqual(['hf:me/set/a/deep/y.jsonl', 'hf:me/set/a/x.jsonl']);
  expect(await fetch('hf:me/set@refs%2Fpr%2F1/ab/z.jsonl', () => [])).toEqual(['hf:me/set/ab/z.jsonl']);
  await expect(fetch('hf:me/set/nope')).rejects.toThrow(
    'hf:me/set/nope: holds no fitting files of .jsonl, .ndjson, .json, .csv, .tsv, .parquet. There is: a/, ab/.',
  );
});
