import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvRows } from './csv_rows';

async function read(text: string, delimiter: ',' | '\t' = ',', size = 5): Promise<[number, unknown][]> {
  async function* pieces() {
    for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size);
  }
  const rows: [number, unknown][] = [];
  for await (const { line, value } of csvRows(pieces(), 'a.csv', delimiter)) rows.push([line, value]);
  return rows;
}

test('a header, text values, and the line a row begins on', async () => {
  const text = 'prompt,"desirable, or not"\r\n"Hi,\r\nthere ""you""",true\r\n\r\n, 1 \nlast,';
  expect(await read(text)).toEqual([
    [2, { prompt: 'Hi,\r\nthere "you"', 'desirable, or not': 'true' }],
    [5, { prompt: '', 'desirable, or not': ' 1 ' }],
    [6, { prompt: 'last', 'desirable, or not': '' }],
  ]);
  expect(await read('a\tb\n1,2\t"x\ty"\n\t\n', '\t')).toEqual([
    [2, { a: '1,2', b: 'x\ty' }],
    [3, { a: '', b: '' }],
  ]);
});

test.each([
  ['a,b\n1\n', 'line 2: has 1 values, but the header names 2'],
  ['a,b\n1,2\n1,2,3', 'line 3: has 3 values, but the header names 2'],
  ['a,b,a\n', 'line 1: names the field "a" twice'],
  ['a\n\n5" pipe\n"x"\n', 'line 3: has a quote inside a value'],
  ['a\n"x"y\n', 'line 2: has something behind a closing quote'],
  ['a\n1\n"x\ny\n', 'line 3: has a quote that is never closed'],
])('%j is refused with its place', async (text, message) => {
  await expect(read(text)).rejects.toThrow(`a.csv: ${message}`);
});

test('a field may have any name', async () => {
  const [row] = await read('__proto__,constructor\n1,2');
  expect(Object.entries(row?.[1] as object)).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
});

test('whatever is written by the rules comes back, with its line', async () => {
  const value = fc.array(fc.constantFrom('a', '"', ',', '\t', '\n', '\r\n', ' ', 'é', '🐈'), { maxLength: 6 });
  const row = fc.tuple(value, value).map((row) => row.map((pieces) => pieces.join('')));
  const delimiters = fc.constantFrom<',' | '\t'>(',', '\t');
  const ends = fc.constantFrom('\n', '\r\n');
  await fc.assert(
    fc.asyncProperty(fc.array(row), delimiters, ends, async (rows, delimiter, end) => {
      const written = rows.map((row) => row.map((v) => `"${v.replaceAll('"', '""')}"`).join(delimiter) + end);
      const text = `p${delimiter}q${end}${written.join('')}`;
      const lineOf = (i: number) => 2 + written.slice(0, i).join('').split('\n').length - 1;
      expect(await read(text, delimiter)).toEqual(rows.map(([p, q], i) => [lineOf(i), { p, q }]));
    }),
  );
});
