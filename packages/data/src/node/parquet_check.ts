import type { AsyncBuffer, FileMetaData, PageHeader, RowGroup } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getSchemaPath, isFlatColumn } from 'hyparquet/src/schema.js';
import { unpack } from './parquet_unpack';

/** No writer makes pages anywhere near it. */
const largestPage = 2 ** 30;

/** Writers fill their last run up. */
const padding = 512;

type Column = NonNullable<RowGroup['columns'][number]['meta_data']>;

/** What a run-length coded stretch of bytes is, and how many values it may hold. */
interface Runs {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly bitWidth: number;
  readonly values: number;
}

/**
 * Looks through the pages of a row group for what its reader trusts blindly: it takes a damaged count for true and fills the
 * memory with values that are not there, or gives rows without them. Every page must say how many values it holds, all
 * together as many as the column, and no run may be longer than what is left.
 *
 * Source: the Parquet format's encodings (RLE / bit-packing hybrid) and page headers.
 *
 * @throws Error saying what does not fit
 */
export async function checkRowGroup(file: AsyncBuffer, { schema }: FileMetaData, group: RowGroup): Promise<void> {
  for (const { meta_data: column } of group.columns) {
    if (!column) throw new Error('a column has no metadata');
    const path = getSchemaPath(schema, column.path_in_schema);
    const levels = { repetition: getMaxRepetitionLevel(path), definition: getMaxDefinitionLevel(path) };
    if (isFlatColumn(path) && column.num_values !== group.num_rows)
      throw new Error('a column is not as long as its rows');
    checkPages(new Uint8Array(await file.slice(...rangeOf(column))), column, levels);
  }
}

function rangeOf({ dictionary_page_offset: dictionary, data_page_offset: data, total_compressed_size: size }: Column) {
  const from = Number(dictionary && dictionary < data ? dictionary : data);
  return [from, from + Number(size)] as const;
}

interface Levels {
  readonly repetition: number;
  readonly definition: number;
}

function checkPages(bytes: Uint8Array, column: Column, levels: Levels): void {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  let left = Number(column.num_values);
  // The last byte alone is no page, as the reader has it.
  while (left > 0 && reader.offset < bytes.length - 1) {
    const header = parquetHeader(reader);
    const { compressed_page_size: size, uncompressed_page_size: unpacked } = header;
    const { num_values: values } =
      header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header ?? {};
    const fits = isCount(size) && isCount(unpacked) && unpacked <= largestPage && reader.offset + size <= bytes.length;
    if (!fits || !isCount(values)) throw new Error('a page has a header that makes no sense');
    const content = bytes.subarray(reader.offset, reader.offset + size);
    reader.offset += size;
    // Every value of a dictionary takes a byte at least.
    if (header.type === 'DICTIONARY_PAGE' && values > unpacked) throw new Error('a dictionary is longer than its page');
    if (header.type === 'DICTIONARY_PAGE') continue;
    left -= values;
    if (left < 0) throw new Error('a column is longer than it says');
    if (header.data_page_header) checkFirst(content, header, column, levels);
    else if (header.data_page_header_v2) checkSecond(content, header, column, levels);
  }
  if (left > 0) throw new Error('a column is shorter than it says');
}

/** A page of the first kind: levels and values packed together, each stretch of levels behind its length. */
function checkFirst(content: Uint8Array, header: PageHeader, column: Column, levels: Levels): void {
  const { num_values: values = 0, encoding } = header.data_page_header ?? {};
  const bytes = decompressPage(content, header.uncompressed_page_size, column.codec, unpack);
  let at = 0;
  for (const level of [levels.repetition, levels.definition]) {
    if (level === 0) continue;
    const length = lengthAt(bytes, at);
    checkRuns({ bytes: bytes.subarray(0, at + 4 + length), from: at + 4, bitWidth: widthOf(level), values });
    at += 4 + length;
  }
  checkValues(bytes.subarray(at), encoding, column, values);
}

/** A page of the second kind: levels before the packed values, their lengths in the header. */
function checkSecond(content: Uint8Array, header: PageHeader, column: Column, levels: Levels): void {
  const page = header.data_page_header_v2;
  if (!page) return;
  const {
    repetition_levels_byte_length: repetition,
    definition_levels_byte_length: definition,
    num_values: values,
  } = page;
  const fits = isCount(repetition) && isCount(definition) && repetition + definition <= content.length;
  if (!fits || !isCount(page.num_nulls) || page.num_nulls > values)
    throw new Error('a page has levels that do not fit in it');
  const ends = [repetition, repetition + definition] as const;
  const runs = [
    { bytes: content.subarray(0, ends[0]), from: 0, level: levels.repetition },
    { bytes: content.subarray(0, ends[1]), from: ends[0], level: levels.definition },
  ];
  for (const { level, ...stretch } of runs) if (level > 0) checkRuns({ ...stretch, bitWidth: widthOf(level), values });
  const unpacked = header.uncompressed_page_size - ends[1];
  const rest = content.subarray(ends[1]);
  const bytes = page.is_compressed === false ? rest : decompressPage(rest, unpacked, column.codec, unpack);
  checkValues(bytes, page.encoding, column, values);
}

function checkValues(bytes: Uint8Array, encoding: string | undefined, { type }: Column, values: number): void {
  if (encoding === 'RLE' && type === 'BOOLEAN') {
    if (values > 0 && bytes.length > 0) checkRuns({ bytes, from: 4, bitWidth: 1, values });
  } else if (encoding === 'RLE' || encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') {
    const bitWidth = bytes[0] ?? 0;
    if (bitWidth > 32) throw new Error('a page counts with more than 32 bits');
    checkRuns({ bytes, from: 1, bitWidth, values });
  }
}

function checkRuns({ bytes, from, bitWidth, values }: Runs): void {
  let at = from;
  let left = values;
  while (left > 0 && at < bytes.length) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) throw new Error('a run has a header that makes no sense');
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const packed = header % 2 === 1;
    const count = packed ? Math.floor(header / 2) * 8 : header / 2;
    if (count > left + padding) throw new Error('a run is longer than its page');
    left -= count;
    at += packed ? (count / 8) * bitWidth : Math.ceil(bitWidth / 8);
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new Error('a page ends in its levels');
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
  if (at + 4 + length > bytes.length) throw new Error('a page ends in its levels');
  return length;
}

/** Bits that hold 0 to `level`. */
const widthOf = (level: number) => 32 - Math.clz32(level);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
