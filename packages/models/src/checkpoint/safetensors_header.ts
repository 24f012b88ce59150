import { InputError } from '../input_error';
import type { OpenFile } from './checkpoint_files';
import { bitsOf } from './dtypes';
import { longestJson, parseObject, quoted } from './json_object';

/** One tensor of a safetensors file; its bytes lie from `start` to `end` of the file. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

const lengthFieldBytes = 8;

/**
 * Reads the header of a safetensors file: its tensors by name. As strict as the format's reference implementation:
 * tensors follow each other from the first byte after the header to the file's last, without holes.
 *
 * Source: https://huggingface.co/docs/safetensors, "Format".
 *
 * @throws InputError for whatever the format forbids
 */
export async function readHeader(file: OpenFile): Promise<Map<string, TensorEntry>> {
  const { path, size } = file;
  if (size < lengthFieldBytes)
    throw new InputError(`${path}: ${size} bytes are too short for a safetensors file. Download it again.`);
  const first = await file.read(0, lengthFieldBytes);
  const length = new DataView(first.buffer, first.byteOffset).getBigUint64(0, true);
  if (length > longestJson)
    throw new InputError(`${path}: the header claims ${length} bytes, so this is no safetensors file.`);
  const dataStart = lengthFieldBytes + Number(length);
  if (dataStart > size) throw new InputError(`${path}: ends inside its header. Download it again.`);
  const json = parseObject(await file.read(lengthFieldBytes, dataStart), `${path}: the header`);
  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(json)) {
    if (name !== '__metadata__')
      entries.set(name, readEntry(value, `${path}: tensor ${quoted(name)}`, dataStart, size));
    else if (!isTexts(value)) throw new InputError(`${path}: __metadata__ holds other things than texts.`);
  }
  refuseHoles(entries, dataStart, file);
  return entries;
}

function readEntry(value: unknown, tensor: string, dataStart: number, fileSize: number): TensorEntry {
  const refuse = (why: string): never => {
    throw new InputError(`${tensor} ${why}.`);
  };
  if (typeof value !== 'object' || value === null) return refuse('has no description in the header');
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  const bits = typeof dtype === 'string' ? bitsOf(dtype) : undefined;
  if (typeof dtype !== 'string') return refuse('has no dtype');
  if (bits === undefined) return refuse(`has dtype ${quoted(dtype)}, which the safetensors format does not know`);
  if (!isSizes(shape)) return refuse('has no shape of whole numbers');
  if (!isSizes(offsets) || offsets.length !== 2) return refuse('has no pair of data offsets');
  const [start, end] = [dataStart + (offsets[0] as number), dataStart + (offsets[1] as number)];
  if (start > end || end > fileSize) {
    const has = `the file has ${fileSize - dataStart}: it is cut short or broken. Download it again`;
    return refuse(`claims bytes ${offsets[0]} to ${offsets[1]}, and ${has}`);
  }
  if (8 * (end - start) !== bits * numbersIn(shape)) {
    return refuse(`holds ${end - start} bytes, which do not fit its shape ${quotedShape(shape)} of ${dtype}`);
  }
  return { dtype, shape, start, end };
}

/** Numbers in a tensor of this shape; not a number that any file can match when that is beyond 2^53. */
function numbersIn(shape: readonly number[]): number {
  let numbers = 1;
  for (const size of shape) {
    numbers *= size;
    if (!Number.isSafeInteger(numbers)) return Number.NaN;
  }
  return numbers;
}

function refuseHoles(entries: ReadonlyMap<string, TensorEntry>, dataStart: number, { path, size }: OpenFile): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let [before, position] = ['the header', dataStart];
  const refuseGap = (after: string, start: number) => {
    if (start === position) return;
    throw new InputError(`${path}: ${start - position} bytes between ${before} and ${after} belong to no tensor.`);
  };
  for (const [name, { start, end }] of inOrder) {
    const tensor = `tensor ${quoted(name)}`;
    if (start < position) throw new InputError(`${path}: ${before} and ${tensor} overlap. Download it again.`);
    refuseGap(tensor, start);
    [before, position] = [tensor, end];
  }
  refuseGap('the end', size);
}

/** A shape as an error shows it. */
export function quotedShape(shape: readonly number[]): string {
  return shape.length > 8 ? `[${shape.slice(0, 8)},...]` : `[${shape}]`;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function isTexts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}
