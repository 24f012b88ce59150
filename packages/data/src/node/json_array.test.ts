import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonArray } from './json_array';

/** The text in pieces of at most `size` characters. */
async function* cut(text: string, size: number) {
  for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size);
}

async function read(text: string, size = 7): Promise<[number, unknown][]> {
  const rows: [number, unknown][] = [];
  for await (const { line, value } of jsonArray(cut(text, size), 'a.json')) rows.push([line, value]);
  return rows;
}

test('each element with the line it begins on', async () => {
  const text = '\n[{"a": "x],[\\"{"},\r\n\n  {\n"b": [1, [2]]\n}, 3\n, "]"\n]\n';
  expect(await read(text)).toEqual([
    [2, { a: 'x],["{' }],
    [4, { b: [1, [2]] }],
    [6, 3],
    [7, ']'],
  ]);
  expect(await read('[]')).toEqual([]);
  expect(await read('[ \n ]')).toEqual([]);
});

test.each([
  ['[{"a":1},\n{"a":', 'line 2: the array has no end: the file is cut short'],
  ['[1,\n2', 'line 2: the array has no end'],
  ['["a', 'line 1: the array has no end'],
  ['[1,]', 'line 1: is not JSON: nothing is there'],
  ['[,1]', 'line 1: is not JSON: nothing is there'],
  ['[1]\n[2]', 'line 2: has something behind the end of the array'],
  ['[1}]', 'line 1: closes a brace that was not opened'],
  ['[1\n,nope]', 'line 2: is not JSON: nope'],
  ['[{"a":1]}]', 'line 1: closes a brace that was not opened'],
  ['[{"a":1]]', 'line 1: is not JSON: {"a":1]'],
])('%j is refused with its place', async (text, message) => {
  await expect(read(text)).rejects.toThrow(`a.json: `);
  await expect(read(text)).rejects.toThrow(message);
});

test('any array comes as the JSON parser reads it, however it is cut and indented', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue()),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 9 }),
      async (values, indent, size) => {
        const read_ = await read(JSON.stringify(values, null, indent), size);
        expect(read_.map(([, value]) => value)).toEqual(JSON.parse(JSON.stringify(values)));
      },
    ),
  );
});

test('any text that begins like an array is read as the JSON parser reads it, or refused', async () => {
  const piece = fc.constantFrom('[', ']', '{', '}', ',', '"', '\\', '1', ':', '"a"', '\n', ' ', 'é', '\u2028');
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), async (pieces, size) => {
      const text = `[${pieces.join('')}`;
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        await expect(read(text, size)).rejects.toThrow(/^a\.json: line \d+: /);
        return;
      }
      expect((await read(text, size)).map(([, value]) => value)).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});
