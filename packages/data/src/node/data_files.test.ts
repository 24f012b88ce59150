import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../../test/temp_file';
import { dataFiles, formatOf } from './data_files';
import { readRows } from './read_rows';

test('formats go by the end of the name', () => {
  expect(
    ['a.JSONL', 'a.ndjson.gz', 'b/train.json', 'x.y.csv.gz', 'a.tsv', 'a.parquet', '/dev/stdin'].map(formatOf),
  ).toEqual(['jsonl', 'ndjson', 'json', 'csv', 'tsv', 'parquet', 'jsonl']);
  expect(['a.txt', 'a.parquet.gz', 'a.gz', 'a.jsonl.zip', '.hidden.md'].map(formatOf)).toEqual(
    Array(5).fill(undefined),
  );
});

test('a folder gives its data files and those of its folders, by name', async () => {
  const folder = await tempFolder({
    'b.jsonl': '{"n":3}\n',
    'a/z.csv': 'n\n1\n',
    'a/deep/x.json': '[{"n":0}]',
    'README.md': '# no',
    LICENSE: 'no',
    '.cache/c.jsonl': '{"n":9}\n',
    'B.jsonl': '{"n":2}\n',
  });
  await symlink(join(folder, 'b.jsonl'), join(folder, 'c.jsonl'));
  await symlink(folder, join(folder, 'circle'));
  expect((await dataFiles(folder)).files).toEqual(['B.jsonl', 'a/deep/x.json', 'a/z.csv', 'b.jsonl', 'c.jsonl']);
  const rows: unknown[] = [];
  for await (const { file, line, value } of readRows(folder, { name: 'set' })) rows.push([file, line, value]);
  expect(rows).toEqual([
    ['set/B.jsonl', 1, { n: 2 }],
    ['set/a/deep/x.json', 1, { n: 0 }],
    ['set/a/z.csv', 2, { n: '1' }],
    ['set/b.jsonl', 1, { n: 3 }],
    ['set/c.jsonl', 1, { n: 3 }],
  ]);
});

test('a folder without data files and a file of another kind are refused', async () => {
  const folder = await tempFolder({ 'notes.txt': 'x' });
  await expect(dataFiles(folder)).rejects.toThrow(`${folder}: holds no files of .jsonl, `);
  await expect(dataFiles(join(folder, 'notes.txt'))).rejects.toThrow('notes.txt: is none of .jsonl, ');
});
