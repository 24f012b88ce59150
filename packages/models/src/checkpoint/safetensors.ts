import { InputError } from '../input_error';

/** One tensor's entry in a safetensors header; offsets count from the end of the header. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

const bytesPerNumber: Record<string, number> = { F32: 4, F16: 2, BF16: 2 };

/** The header's length field is 8 bytes; the format's reference implementation refuses headers above 100 MB. */
export const lengthFieldBytes = 8;
const largestHeader = 100_000_000;

/** Bytes of the header's JSON, from the file's first 8 bytes. */
export function headerLength(first: Uint8Array, file: string): number {
  if (first.length < lengthFieldBytes)
    throw new InputError(`${file}: too short for a safetensors file. Download it again.`);
  const length = Number(new DataView(first.buffer, first.byteOffset).getBigUint64(0, true));
  if (length < 2 || length > largestHeader) {
    throw new InputError(`${file}: the header claims ${length} bytes, so this is no safetensors file.`);
  }
  return length;
}

/**
 * Reads a safetensors header: tensors by name.
 *
 * @param dataBytes how many bytes follow the header
 * @throws InputError for JSON that does not parse, and for tensors out of range, overlapping, or of the wrong size
 */
export function readHeader(header: Uint8Array, dataBytes: number, file: string): Map<string, TensorEntry> {
  const json = parseHeader(header, file);
  const entries = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(json)) {
    if (name !== '__metadata__') entries.set(name, readEntry(name, value, dataBytes, file));
  }
  const inOrder = [...entries].filter(([, { start, end }]) => end > start).sort(([, a], [, b]) => a.start - b.start);
  for (let i = 1; i < inOrder.length; i++) {
    const [before, after] = [inOrder[i - 1], inOrder[i]] as [[string, TensorEntry], [string, TensorEntry]];
    if (after[1].start < before[1].end) {
      throw new InputError(`${file}: tensors ${before[0]} and ${after[0]} overlap. Download the file again.`);
    }
  }
  return entries;
}

/** A tensor's numbers, widened to float32. */
export function decodeTensor(bytes: Uint8Array, dtype: string): Float32Array {
  const aligned = bytes.slice().buffer;
  if (dtype === 'F32') return new Float32Array(aligned);
  const halves = new Uint16Array(aligned);
  const result = new Float32Array(halves.length);
  if (dtype === 'BF16') {
    const bits = new Uint32Array(result.buffer);
    for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  } else {
    for (let i = 0; i < halves.length; i++) result[i] = widenHalf(halves[i] as number);
  }
  return result;
}

/** The header of a float32 file with these tensors, padded to 8 bytes; the data follows in the same order. */
export function writeHeader(tensors: readonly { name: string; shape: readonly number[] }[]): Uint8Array {
  const json: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { name, shape } of tensors) {
    const end = offset + 4 * shape.reduce((size, n) => size * n, 1);
    json[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(json));
  const padded = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(lengthFieldBytes + padded).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
  header.set(text, lengthFieldBytes);
  return header;
}

function parseHeader(header: Uint8Array, file: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header));
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  } catch {
    // Said below: whatever is wrong with the text, the file is not one.
  }
  throw new InputError(`${file}: the header is not a JSON object, so this is no safetensors file. Download it again.`);
}

function readEntry(name: string, value: unknown, dataBytes: number, file: string): TensorEntry {
  const refuse = (why: string): never => {
    throw new InputError(`${file}: tensor ${name} ${why}.`);
  };
  if (typeof value !== 'object' || value === null) return refuse('has no description in the header');
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (typeof dtype !== 'string') return refuse('has no dtype');
  if (!isSizes(shape)) return refuse('has no shape of whole numbers');
  if (!isSizes(offsets) || offsets.length !== 2) return refuse('has no pair of data offsets');
  const [start, end] = offsets as [number, number];
  if (start > end || end > dataBytes)
    return refuse(`claims bytes ${start} to ${end} of ${dataBytes}: the file is cut short`);
  const width = bytesPerNumber[dtype];
  if (width !== undefined && end - start !== width * shape.reduce((size, n) => size * n, 1)) {
    return refuse(`holds ${end - start} bytes, which do not fit its shape [${shape}] of ${dtype}`);
  }
  return { dtype, shape, start, end };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** Whether `decodeTensor` reads this dtype. */
export function isKnownDtype(dtype: string): boolean {
  return Object.hasOwn(bytesPerNumber, dtype);
}

function widenHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
