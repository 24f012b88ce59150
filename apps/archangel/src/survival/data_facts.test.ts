import { expect, test } from 'vitest';
import { requireSameData } from './data_facts';
import type { DataFacts } from './resume_record';

const then: DataFacts = {
  fingerprints: { train: 'a', heldOut: 'b' },
  rows: 40,
  files: { 'thumbs.jsonl': '1', 'hf:me/set/train.jsonl': 'of the hub' },
};
const changed = { ...then, fingerprints: { train: 'c', heldOut: 'b' } };

test.each<[string, DataFacts, string]>([
  [
    'another file',
    { ...changed, files: { ...then.files, 'thumbs.jsonl': '2' } },
    'thumbs.jsonl is not the file that it was.',
  ],
  [
    'one more, one fewer',
    { ...changed, rows: 50, files: { 'more.jsonl': '3', 'hf:me/set/train.jsonl': 'of the hub' } },
    'more.jsonl is new, thumbs.jsonl is gone; it had 40 rows and now has 50.',
  ],
  ['the hub', changed, 'hf:me/set/train.jsonl may have changed on the hub: name the revision of then'],
  ['no file', { ...changed, files: { 'thumbs.jsonl': '1' } }, 'hf:me/set/train.jsonl is gone'],
])('%s is named', (_, now, message) => {
  expect(() => requireSameData('runs/a', then, now)).toThrow(message);
  expect(() => requireSameData('runs/a', then, now)).toThrow(
    /^runs\/a: the data have changed since the run began: .* --out\.$/,
  );
});

test('what is held out counts too; the same numbers from elsewhere are the same data', () => {
  const heldOut = { ...then, fingerprints: { train: 'a', heldOut: 'c' }, files: { 'thumbs.jsonl': '1' } };
  const plain = { ...then, files: { 'thumbs.jsonl': '1' } };
  expect(() => requireSameData('runs/a', plain, heldOut)).toThrow('divided or made into tokens otherwise');
  expect(() => requireSameData('runs/a', then, { ...then, files: { 'moved.jsonl': '9' } })).not.toThrow();
});
