import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSources } from './source';

const only = (spec: string) => {
  const [source, ...more] = parseSources(spec);
  expect(more).toEqual([]);
  return source;
};
const hub = (repo: string, revision = 'main', path = '') => ({ kind: 'hub', repo, revision, path });

test('a mixture of known sets, weights and caps', () => {
  expect(parseSources('shp + hh*0.5+oasst*2#20000')).toEqual([
    { name: 'shp', set: 'shp', place: hub('stanfordnlp/SHP'), weight: 1, cap: undefined },
    { name: 'hh', set: 'hh', place: hub('Anthropic/hh-rlhf'), weight: 0.5, cap: undefined },
    { name: 'oasst', set: 'oasst', place: hub('OpenAssistant/oasst1'), weight: 2, cap: 20000 },
  ]);
});

test.each([
  ['thumbs.jsonl', undefined, { kind: 'local', path: 'thumbs.jsonl' }],
  ['hh:data/harmless-base', 'hh', { kind: 'local', path: 'data/harmless-base' }],
  ['C:\\logs\\thumbs.csv', undefined, { kind: 'local', path: 'C:\\logs\\thumbs.csv' }],
  ['shp:C:\\shp', 'shp', { kind: 'local', path: 'C:\\shp' }],
  ['./hh', undefined, { kind: 'local', path: './hh' }],
  ['"hh"', undefined, { kind: 'local', path: 'hh' }],
  ['"a+b*2#3.jsonl"', undefined, { kind: 'local', path: 'a+b*2#3.jsonl' }],
  ['hh:"a+b"', 'hh', { kind: 'local', path: 'a+b' }],
  ['hf:me/thumbs', undefined, hub('me/thumbs')],
  ['hf:me/thumbs@v1.2/data/day.parquet', undefined, hub('me/thumbs', 'v1.2', 'data/day.parquet')],
  ['hf:Anthropic/hh-rlhf/harmless-base/', 'hh', hub('Anthropic/hh-rlhf', 'main', 'harmless-base')],
  ['shp:hf:me/shp@refs%2Fpr%2F1', 'shp', hub('me/shp', 'refs/pr/1')],
])('%s', (spec, set, place) => {
  expect(only(spec)).toMatchObject({ set, place, weight: 1 });
});

test.each([
  ['webgpt:a.jsonl', '"webgpt:" names no known set. Use hh, shp, oasst, '],
  ['hh*half', 'hh*half: "half" is no weight. Write a number above 0'],
  ['hh*0', '"0" is no weight'],
  ['hh*-1', '"-1" is no weight'],
  ['hh*', '"" is no weight'],
  ['hh*1e9', '"1e9" is no weight'],
  [
    'data/*.jsonl',
    '".jsonl" is no weight. Write a number above 0, such as 0.5; a path that holds * goes in double quotes',
  ],
  ['hh#many', '"many" is no number of examples'],
  ['hh#0', '"0" is no number of examples'],
  ['hh#1.5', '"1.5" is no number of examples'],
  ['hh*1*2', 'more than one weight or cap'],
  ['hh#1*2', 'more than one weight or cap'],
  ['shp++hh', 'a part is empty'],
  ['', 'a part is empty'],
  ['*2', 'a part has no name'],
  ['hh:', 'names no file or folder'],
  ['hf:nobody', 'names no data set of the hub'],
  ['hf:a/../b', 'names no data set of the hub'],
  ['hf:../b', 'names no data set of the hub'],
  ['hf:a/b/../../c', 'names no data set of the hub'],
  ['hf:a/b@..', 'names no data set of the hub'],
  ['hf:a/b@%zz', '"%zz" is no revision'],
  ['"a', 'has a quote that is never closed'],
])('%j is refused', (spec, message) => {
  expect(() => parseSources(spec)).toThrow(message);
});

test('any text is sources, or an InputError that speaks of data', () => {
  const piece = fc.constantFrom('hh', 'shp', ':', 'hf:', '/', '@', '+', '*', '#', '"', '0.5', '2', '..', ' ', '%', 'é');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      try {
        for (const { weight, cap = 1, place } of parseSources(pieces.join(''))) {
          expect(weight > 0 && cap > 0).toBe(true);
          if (place.kind === 'hub') expect(`/${place.repo}/${place.path}/`).not.toContain('/../');
          else expect(place.path).not.toBe('');
        }
      } catch (error) {
        expect(`${(error as Error).name}: ${(error as Error).message}`).toMatch(/^InputError: data: /);
      }
    }),
    { numRuns: 2000 },
  );
});
