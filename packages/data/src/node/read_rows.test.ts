import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tempFile as file } from '../../test/temp_file';
import { readRows } from './read_rows';

async function read(path: string): Promise<[number, unknown][]> {
  const rows: [number, unknown][] = [];
  for await (const { line, value } of readRows(path)) rows.push([line, value]);
  return rows;
}

const lines = '{"a":1}\n\n{"a":2}\n';

test('one value a line, blank lines let pass', async () => {
  expect(await read(await file('a.jsonl', lines))).toEqual([
    [1, { a: 1 }],
    [3, { a: 2 }],
  ]);
});

test('gzip, Windows line ends, a byte-order mark and a missing last line end', async () => {
  expect(await read(await file('a.jsonl.gz', gzipSync(lines)))).toHaveLength(2);
  expect(await read(await file('a.jsonl', '\uFEFF{"a":1}\r\n{"a":2}'))).toEqual([
    [1, { a: 1 }],
    [2, { a: 2 }],
  ]);
});

const long = gzipSync(Array.from({ length: 5000 }, (_, i) => `{"a":${i * 7919}}`).join('\n'));

test.each([
  ['a.jsonl', '{"a":1}\nnope\n', 'a.jsonl: line 2: is not JSON'],
  ['a.jsonl', '', 'a.jsonl: holds no rows'],
  ['a.jsonl.gz', new Uint8Array(), 'a.jsonl.gz: is cut short'],
  ['a.jsonl', Uint8Array.from([0x22, 0xff, 0x22]), 'a.jsonl: is not UTF-8 text'],
  ['a.jsonl.gz', 'plain text', 'a.jsonl.gz: is not a readable gzip file'],
  ['a.jsonl.gz', long.subarray(0, long.length / 2), 'a.jsonl.gz: is cut short after line '],
])('%s holding %j is refused with its place', async (name, content, message) => {
  await expect(read(await file(name, content))).rejects.toThrow(message);
});

test('a long line comes whole, in time linear in its length', async () => {
  const text = 'é🐈'.repeat(7 * 2 ** 20);
  const start = performance.now();
  const rows = await read(await file('a.jsonl', `1\n${JSON.stringify(text)}\n2`));
  expect(rows.map(([line]) => line)).toEqual([1, 2, 3]);
  expect(rows[1]?.[1] === text).toBe(true);
  expect(performance.now() - start).toBeLessThan(5000);
});

test('a line without end is refused before it fills the memory', async () => {
  const endless = gzipSync(Buffer.alloc(65 * 2 ** 20, 'x'), { level: 1 });
  const path = await file('a.jsonl.gz', Buffer.concat([gzipSync('{"a":1}\n'), endless]));
  await expect(read(path)).rejects.toThrow('a.jsonl.gz: line 2: is too long to be a row');
});

test('a file that is not there is the system’s error, with its path', async () => {
  await expect(read('/no/such/rows.jsonl')).rejects.toMatchObject({ code: 'ENOENT', path: '/no/such/rows.jsonl' });
});

test('leaving early closes the file', async () => {
  for await (const { line } of readRows(await file('a.jsonl', lines))) {
    expect(line).toBe(1);
    break;
  }
});

test('a .json file is an array or one value a line, whichever it looks like', async () => {
  const rows = [
    [1, { a: 1 }],
    [2, { a: 2 }],
  ];
  expect(await read(await file('a.json', '{"a":1}\n{"a":2}\n'))).toEqual(rows);
  expect(await read(await file('a.json', '\uFEFF[{"a":1},\r\n{"a":2}]'))).toEqual(rows);
  expect(await read(await file('a.json.gz', gzipSync(' \n [ {"a":1}]')))).toEqual([[2, { a: 1 }]]);
  await expect(read(await file('a.json', '{\n"a": 1}'))).rejects.toThrow('a.json: line 1: is not JSON: {');
  await expect(read(await file('a.json', '[]'))).rejects.toThrow('a.json: holds no rows');
  await expect(read(await file('a.json', ' '.repeat(200000)))).rejects.toThrow('a.json: holds no rows');
  const cut = gzipSync(
    JSON.stringify(
      Array.from({ length: 5000 }, (_, i) => i * 7919),
      null,
      1,
    ),
  ).subarray(0, 5000);
  await expect(read(await file('a.json.gz', cut))).rejects.toThrow('a.json.gz: is cut short after line ');
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test.each(['json', 'jsonl', 'csv'])('memory does not grow with a file: .%s', async (kind) => {
  const objects = Array.from({ length: 1000 }, (_, i) => JSON.stringify({ i, text: 'x'.repeat(2 ** 16) }));
  const quoted = () => objects.map((json) => `"${json.replaceAll('"', '""')}"`);
  const text = { json: `[${objects.join(',\n')}]`, jsonl: objects.join('\n'), csv: `a\n${quoted().join('\n')}` }[kind];
  const path = await file(`a.${kind}.gz`, gzipSync(text as string, { level: 1 }));
  const used: number[] = [];
  for await (const { line } of readRows(path)) {
    if (line % 200 !== 100) continue;
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    used.push(heapUsed + arrayBuffers);
  }
  expect(used.length).toBe(5);
  expect((used.at(-1) as number) - (used[0] as number)).toBeLessThan(10 * 2 ** 20);
});

const kinds = ['jsonl', 'json', 'csv', 'tsv', 'jsonl.gz', 'json.gz', 'csv.gz', 'parquet'] as const;

test('any bytes give rows or an InputError', async () => {
  const piece = fc.constantFrom('[', ']', '{', '}', '"', ',', '\n', '\r', '\t', 'a', '1', '\uFEFF', 'é', '\0', 'PAR1');
  const nearly = fc.array(piece, { maxLength: 20 }).map((pieces) => new TextEncoder().encode(pieces.join('')));
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 60 }), nearly);
  await fc.assert(
    fc.asyncProperty(bytes, fc.constantFrom(...kinds), fc.boolean(), async (content, kind, packed) => {
      const whole = packed && kind.endsWith('gz') ? gzipSync(content) : content;
      try {
        expect((await read(await file(`x.${kind}`, whole))).length).toBeGreaterThan(0);
      } catch (error) {
        expect(`${(error as Error).name}: ${(error as Error).message}`).toMatch(/^InputError: .*x\./);
      }
    }),
    { numRuns: 600 },
  );
});
