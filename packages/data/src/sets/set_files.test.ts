import { expect, test } from 'vitest';
import { setFiles, splitOf } from './set_files';

test('a file’s side is told by its name', () => {
  const sides = [
    'harmless-base-test.jsonl.gz',
    'data/validation-00000-of-00001-1.parquet',
    'askbaking/train.json',
    'dev.csv',
  ];
  expect(sides.map(splitOf)).toEqual(['test', 'validation', 'train', 'validation']);
  expect(['test/a.jsonl', 'latest.jsonl', 'training.jsonl', 'contest.json'].map(splitOf)).toEqual(
    Array(4).fill(undefined),
  );
});

const hh = ['harmless-base', 'helpful-base', 'helpful-online', 'helpful-rejection-sampled'];

test('HH without the red team', () => {
  const files = [
    ...hh.flatMap((f) => [`${f}/test.jsonl.gz`, `${f}/train.jsonl.gz`]),
    'red-team-attempts/red_team_attempts.jsonl.gz',
  ];
  expect(setFiles('hh', files, 'train')).toEqual(hh.map((f) => `${f}/train.jsonl.gz`));
  expect(setFiles('hh', files, 'test')).toEqual(hh.map((f) => `${f}/test.jsonl.gz`));
});

test('SHP’s test side is test, not validation', () => {
  const files = ['askhr/test.json', 'askhr/train.json', 'askhr/validation.json'];
  expect(setFiles('shp', files, 'train')).toEqual(['askhr/train.json']);
  expect(setFiles('shp', files, 'test')).toEqual(['askhr/test.json']);
});

const exports = ['all', 'ready'].flatMap((s) =>
  ['messages', 'trees'].map((f) => `2023-04-12_oasst_${s}.${f}.jsonl.gz`),
);
const others = ['2023-04-12_oasst_prompts.messages.jsonl.gz', '2023-04-12_oasst_spam.messages.jsonl.gz'];
const parquet = ['data/train-00000-of-00001-b42.parquet', 'data/validation-00000-of-00001-134.parquet'];

test('OASST in one of its forms', () => {
  expect(setFiles('oasst', [...exports, ...others, ...parquet], 'train')).toEqual(parquet.slice(0, 1));
  expect(setFiles('oasst', [...exports, ...others, ...parquet], 'test')).toEqual(parquet.slice(1));
  expect(setFiles('oasst', [...exports, ...others], 'train')).toEqual(['2023-04-12_oasst_ready.messages.jsonl.gz']);
  expect(setFiles('oasst', ['oasst_all.trees.jsonl.gz'], 'train')).toEqual(['oasst_all.trees.jsonl.gz']);
});

test('a file without a side is for training', () => {
  expect(setFiles(undefined, ['a.jsonl', 'test.jsonl'], 'train')).toEqual(['a.jsonl']);
  expect(setFiles(undefined, ['a.jsonl'], 'test')).toEqual([]);
});
