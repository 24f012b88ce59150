import '@tensorflow/tfjs';
import { readdirSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type Contents, headerOf, json, memoryFiles, oracleContents, withHeader } from '../../test/memory_files';
import { fixture } from '../../test/oracle';
import { type CausalLM, disposeModel } from '../causal_lm';
import { readCheckpoint } from './read_checkpoint';

beforeAll(() => tf.setBackend('cpu'));

const folders = readdirSync(fixture('.'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
const checkpoints = Object.fromEntries(folders.map(({ name }) => [name, oracleContents(name)]));
const numRuns = 400;
const every = (contents: Contents) => Object.keys(contents);
const tensorFiles = (contents: Contents) => every(contents).filter((name) => name.endsWith('.safetensors'));
const parse = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;

/** A number of a file, read the slow way. */
function numberAt(view: DataView, at: number, dtype: string): number {
  if (dtype === 'F32') return view.getFloat32(at, true);
  const half = view.getUint16(at, true);
  if (dtype === 'BF16') return new Float32Array(Uint32Array.of(half << 16).buffer)[0] as number;
  const [sign, exponent, fraction] = [half & 0x8000 ? -1 : 1, (half >> 10) & 0x1f, half & 0x3ff];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** The numbers that the files hold under a name. */
function numbersOf(contents: Contents, name: string): number[] {
  for (const bytes of tensorFiles(contents).map((file) => contents[file] as Uint8Array)) {
    const entry = headerOf(bytes)[name] as { dtype: string; data_offsets: [number, number] } | undefined;
    if (!entry) continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const start = 8 + Number(view.getBigUint64(0, true)) + entry.data_offsets[0];
    const width = entry.dtype === 'F32' ? 4 : 2;
    const count = (entry.data_offsets[1] - entry.data_offsets[0]) / width;
    return Array.from({ length: count }, (_, i) => numberAt(view, start + i * width, entry.dtype));
  }
  throw new Error(`${name} is in no file`);
}

/** Reads what may be broken: the model that the files hold, or an InputError; and nothing else, nor left behind. */
async function read(contents: Contents): Promise<'read' | 'refused'> {
  const files = memoryFiles(contents);
  const before = tf.memory();
  const size = Object.values(contents).reduce((sum, { length }) => sum + length, 0);
  let model: CausalLM | undefined;
  try {
    model = await readCheckpoint(files);
    expect(tf.memory().numBytes - before.numBytes).toBeLessThanOrEqual(2 * size);
    for (const [name, weight] of model.weights) {
      expect([...weight.dataSync()], name).toEqual(numbersOf(contents, name));
    }
  } catch (error) {
    if ((error as Error).name !== 'InputError') throw error;
    expect((error as Error).message.length).toBeLessThan(1500);
    expect((error as Error).message).not.toMatch(/[\n\r\0]/);
  } finally {
    if (model) disposeModel(model);
  }
  expect(files.reads.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(size);
  expect([tf.memory().numTensors, tf.memory().numBytes]).toEqual([before.numTensors, before.numBytes]);
  expect(files.openFiles).toBe(0);
  return model ? 'read' : 'refused';
}

/** Runs a mutation of a file of an oracle checkpoint, and says how often the result was read and how often refused. */
async function fuzz<T>(
  filesOf: (contents: Contents) => string[],
  mutation: fc.Arbitrary<T>,
  mutate: (bytes: Uint8Array, mutation: T) => Uint8Array,
): Promise<Record<'read' | 'refused', number>> {
  const seen = { read: 0, refused: 0 };
  const chosen = Object.entries(checkpoints).flatMap(([name, contents]) =>
    filesOf(contents).map((file) => [name, file]),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...(chosen as [string, string][])), mutation, async ([name, file], change) => {
      const contents = checkpoints[name] as Contents;
      const bytes = mutate((contents[file] as Uint8Array).slice(), change);
      seen[await read({ ...contents, [file]: bytes })]++;
    }),
    { numRuns },
  );
  return seen;
}

const jsonFiles = (contents: Contents) => every(contents).filter((name) => name.endsWith('.json'));
/** From 0 to 1, evenly. */
const place = fc.noBias(fc.nat(2 ** 30 - 1)).map((n) => n / 2 ** 30);

/** More often near the start, where headers are. */
const at = (bytes: Uint8Array, where: number) => Math.floor(where ** 2 * bytes.length);

test('bytes changed anywhere', async () => {
  const changes = fc.array(fc.tuple(place, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
  const seen = await fuzz(every, changes, (bytes, changes) => {
    for (const [where, byte] of changes) bytes[at(bytes, where)] = byte;
    return bytes;
  });
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(20);
});

test('files cut short, and files with more at their end', async () => {
  const change = fc.tuple(place, fc.uint8Array({ maxLength: 20 }), fc.boolean());
  const seen = await fuzz(every, change, (bytes, [where, more, cut]) =>
    cut ? bytes.slice(0, at(bytes, where)) : Uint8Array.from([...bytes, ...more]),
  );
  expect(seen.refused).toBeGreaterThan(100);
});

test('any bytes in a file’s place', async () => {
  const seen = await fuzz(every, fc.uint8Array({ maxLength: 64 }), (_, bytes) => bytes);
  expect(seen.refused).toBeGreaterThan(300);
});

const oddValue = fc.oneof(
  fc.constantFrom<unknown>(-1, 0, 1, 2, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, -0, '', 'F32', 'F16', 'I8', null, true),
  fc.constantFrom<unknown>([], {}, [0], [0, 0], [2 ** 31, 2 ** 31, 2 ** 31], [-1, 4], [0, 2 ** 53]),
  fc.jsonValue({ maxDepth: 2 }),
);
const oddKey = fc.constantFrom('__proto__', 'constructor', 'toString', '', '\0', 'dtype', 'shape', '0', '__metadata__');
type Change = { where: readonly number[]; kind: string; value: unknown; key: string };
const change: fc.Arbitrary<Change> = fc.record({
  where: fc.array(place, { minLength: 1, maxLength: 4 }),
  kind: fc.constantFrom('set', 'set', 'delete', 'add', 'swap', 'rename'),
  value: oddValue,
  key: oddKey,
});

/** Changes one field somewhere inside a JSON value, in place. */
function changeField(root: Record<string, unknown>, { where, kind, value, key }: Change): void {
  let holder = root;
  let field = '';
  for (const [depth, share] of where.entries()) {
    const keys = Object.keys(holder);
    field = keys[Math.floor(share * keys.length)] ?? '';
    const inner = holder[field];
    if (depth === where.length - 1 || typeof inner !== 'object' || inner === null) break;
    holder = inner as Record<string, unknown>;
  }
  const define = (name: string, it: unknown) =>
    Object.defineProperty(holder, name, { value: it, enumerable: true, configurable: true, writable: true });
  const other = Object.keys(holder)[0] ?? '';
  if (kind === 'set') define(field, value);
  else if (kind === 'add' && !Array.isArray(holder)) define(key, value);
  else if (kind === 'swap') Object.assign(holder, { [field]: holder[other], [other]: holder[field] });
  else if (kind === 'rename' && !Array.isArray(holder)) define(key, holder[field]);
  if (kind === 'delete' || kind === 'rename') delete holder[field];
}

test('fields of a header changed', async () => {
  const seen = await fuzz(tensorFiles, change, (bytes, one) => {
    const header = headerOf(bytes);
    changeField(header, one);
    return withHeader(bytes, header);
  });
  expect(seen.refused).toBeGreaterThan(200);
});

test('fields of config and index changed', async () => {
  const seen = await fuzz(jsonFiles, change, (bytes, one) => {
    const root = parse(bytes);
    changeField(root, one);
    return json(root);
  });
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(50);
});

test('a generation config of any value', async () => {
  const seen = { read: 0, refused: 0 };
  const value = fc.oneof(fc.record({ eos_token_id: oddValue }), fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(checkpoints)), value, async (name, value) => {
      seen[await read({ ...checkpoints[name], 'generation_config.json': json(value) })]++;
    }),
    { numRuns: 100 },
  );
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(5);
});
