import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRows } from './read_rows';

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'rows-')), name);
  await writeFile(path, content);
  return path;
}

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

test('any bytes give rows or an InputError', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom('x.jsonl', 'x.jsonl.gz'),
      async (bytes, name) => {
        try {
          await read(await file(name, bytes));
        } catch (error) {
          expect((error as Error).name).toBe('InputError');
        }
      },
    ),
  );
});
