import { readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { tempFile } from '../../test/temp_file';
import { type Row, textField } from '../row';
import { parquetRows } from './parquet_rows';
import { readRows } from './read_rows';

async function read(path: string): Promise<[number, unknown][]> {
  const rows: [number, unknown][] = [];
  for await (const { line, value } of parquetRows({ path, name: 'a.parquet' })) rows.push([line, value]);
  return rows;
}

const texts = Array.from({ length: 25 }, (_, i) => `été ${i} 🐈`);
const columns = [
  { name: 'text', data: texts },
  { name: 'rank', data: texts.map((_, i) => (i % 3 === 0 ? null : i)), type: 'INT32', nullable: true },
  { name: 'big', data: texts.map((_, i) => (i === 1 ? 2n ** 60n + 1n : BigInt(i))), type: 'INT64' },
  { name: 'when', data: texts.map((_, i) => new Date(i * 1000)), type: 'TIMESTAMP' },
  { name: 'good', data: texts.map((_, i) => i % 2 === 0), type: 'BOOLEAN' },
] as const;

const written = () => new Uint8Array(parquetWriteBuffer({ columnData: [...columns], rowGroupSize: 10 } as never));

test('rows of several groups as plain values, numbered', async () => {
  const rows = await read(await tempFile('a.parquet', written()));
  expect(rows.map(([line]) => line)).toEqual(texts.map((_, i) => i + 1));
  expect(rows[0]?.[1]).toEqual({ text: texts[0], rank: null, big: 0, when: '1970-01-01T00:00:00.000Z', good: true });
  expect(rows[1]?.[1]).toMatchObject({ rank: 1, big: String(2n ** 60n + 1n), good: false });
  expect(rows[24]?.[1]).toMatchObject({ text: texts[24], when: '1970-01-01T00:00:24.000Z' });
});

test('leaving early closes the file', async () => {
  const path = await tempFile('a.parquet', written());
  for await (const _ of readRows(path)) break;
  await writeFile(path, 'gone');
  await expect(read(path)).rejects.toThrow('a.parquet: is not a readable parquet file');
});

test('bytes that are no text stay bytes, and are refused where text is wanted', async () => {
  const data = [Uint8Array.from([0x61]), Uint8Array.from([0x61, 0xff])];
  const good = { name: 'prompt', data: ['p', 'q'] };
  const columnData = [good, { name: 'response', data, type: 'BYTE_ARRAY' }] as never[];
  const path = await tempFile('a.parquet', new Uint8Array(parquetWriteBuffer({ columnData })));
  expect(await read(path)).toEqual([
    [1, { prompt: 'p', response: 'a' }],
    [2, { prompt: 'q', response: data[1] }],
  ]);
  const rows: Row[] = [];
  for await (const row of readRows(path)) rows.push(row);
  expect(textField(rows[1] as Row, 'prompt')).toBe('q');
  expect(() => textField(rows[1] as Row, 'response')).toThrow('a.parquet: line 2: field "response" must be text');
});

const nested = {
  schema: [
    { name: 'root', num_children: 2 },
    { name: 'id', type: 'INT32', repetition_type: 'REQUIRED' },
    { name: 'names', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  ],
  columnData: [
    { name: 'id', data: texts.map((_, i) => i) },
    { name: 'names', data: texts.map((text, i) => Array.from({ length: i % 4 }, (_, j) => (j === 2 ? null : text))) },
  ],
};

// Made with arrow-rs, as most files are, in pages of the first kind: dictionaries, nulls, lists and two row groups.
const firstPages = await readFile(new URL('../../test/fixtures/first_pages.parquet', import.meta.url));

test('pages of the first kind, with dictionaries and lists', async () => {
  const rows = await read(await tempFile('a.parquet', firstPages));
  expect(rows.length).toBe(12);
  expect(rows[3]).toEqual([4, { text: 'été 3 🐈', rank: null, good: false, names: ['été 3 🐈', 'été 3 🐈', null] }]);
  expect(rows[11]).toEqual([12, { text: 'été 1 🐈', rank: 11, good: false, names: null }]);
});

const write = (options: object) => new Uint8Array(parquetWriteBuffer(options as never));

test.each([
  ['flat', write({ columnData: columns, rowGroupSize: 10 })],
  ['flat and not packed', write({ columnData: columns, rowGroupSize: 10, codec: 'UNCOMPRESSED' })],
  ['lists', write(nested)],
  ['pages of the first kind', new Uint8Array(firstPages)],
] as const)('a damaged file is refused or has all its rows, and is never waited for: %s', async (_, whole) => {
  const path = await tempFile('a.parquet', whole);
  const { length } = await read(path);
  let refused = 0;
  const flips = [1, 0x10, 0x80, 0xff];
  const step = 17;
  for (let at = 0; at < whole.length * flips.length; at += step) {
    await writeFile(
      path,
      whole.map((byte, i) => (i === at >> 2 ? byte ^ (flips[at & 3] as number) : byte)),
    );
    const result = await read(path).catch((error: Error) => error);
    // A byte of a value may be another without anybody being able to tell, but no row may be missing.
    if (!(result instanceof Error)) expect(result.length).toBe(length);
    else {
      refused += 1;
      expect(`${result.name} ${result.message}`).toMatch(/^InputError a\.parquet: /);
    }
  }
  expect(refused).toBeGreaterThan(whole.length / 20);
});

test('a cut file is refused, never read in part as if it were whole', async () => {
  const whole = written();
  const path = await tempFile('a.parquet', whole);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
      await writeFile(path, whole.subarray(0, length));
      await expect(read(path)).rejects.toThrow(/^a\.parquet: is not a readable parquet file/);
    }),
    { numRuns: 300 },
  );
});
