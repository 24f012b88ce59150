import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Variable } from '@tensorflow/tfjs-core';
import { type CausalLM, createWeight, disposeModel } from '../causal_lm';
import {
  decodeTensor,
  headerLength,
  isKnownDtype,
  lengthFieldBytes,
  readHeader,
  type TensorEntry,
} from '../checkpoint/safetensors';
import type { ModelConfig } from '../families/config';
import { familyOf, readConfig } from '../families/families';
import type { Shapes } from '../families/family';
import { headShapes } from '../heads/heads';
import { InputError } from '../input_error';

/** A tensor and the file it is in. */
interface Stored extends TensorEntry {
  readonly file: string;
  readonly dataStart: number;
}

/**
 * Loads a Hugging Face checkpoint folder: `config.json` and `model.safetensors`, or shards with their index. Float16
 * and bfloat16 are widened to float32. Heads that are there come with it. Tensors are read one by one, so that little
 * more than the model is in memory.
 *
 * @throws InputError naming the file, field or tensor that is missing, extra, misshapen or broken
 */
export async function loadCheckpoint(folder: string, { trainable = true } = {}): Promise<CausalLM> {
  const config = readConfig(await readJson(join(folder, 'config.json')), join(folder, 'config.json'));
  const stored = new Map<string, Stored>();
  for (const file of await weightFiles(folder)) {
    for (const [name, entry] of await readEntries(file)) {
      if (stored.has(name)) throw new InputError(`${file}: tensor ${name} is also in ${stored.get(name)?.file}.`);
      stored.set(name, entry);
    }
  }
  const shapes = { ...familyOf(config).shapes(config), ...headShapes(config, stored) };
  check(config, shapes, stored, folder);
  const weights = new Map<string, Variable>();
  const handles = new Map<string, FileHandle>();
  try {
    for (const [name, shape] of Object.entries(shapes)) {
      const values = await readTensor(stored.get(name) as Stored, handles);
      weights.set(name, createWeight(values, shape, trainable));
    }
  } catch (error) {
    disposeModel({ config, weights });
    throw error;
  } finally {
    for (const handle of handles.values()) await handle.close();
  }
  return { config, weights };
}

async function weightFiles(folder: string): Promise<string[]> {
  const single = join(folder, 'model.safetensors');
  if (await exists(single)) return [single];
  const index = join(folder, 'model.safetensors.index.json');
  if (!(await exists(index))) {
    throw new InputError(`${folder}: holds neither model.safetensors nor model.safetensors.index.json.`);
  }
  const { weight_map: map } = await readJson(index);
  if (typeof map !== 'object' || map === null) throw new InputError(`${index}: weight_map is missing.`);
  const files = new Set(Object.values(map));
  return [...files].map((file) => {
    // An index could otherwise point anywhere on the disk.
    if (typeof file !== 'string' || file !== basename(file) || file === '..') {
      throw new InputError(`${index}: "${String(file)}" is not the name of a file beside the index.`);
    }
    return join(folder, file);
  });
}

async function readEntries(file: string): Promise<Map<string, Stored>> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const length = headerLength(await readBytes(handle, 0, Math.min(lengthFieldBytes, size)), file);
    const dataStart = lengthFieldBytes + length;
    if (dataStart > size) throw new InputError(`${file}: ends inside its header. Download it again.`);
    const entries = readHeader(await readBytes(handle, lengthFieldBytes, length), size - dataStart, file);
    return new Map([...entries].map(([name, entry]) => [name, { ...entry, file, dataStart }]));
  } finally {
    await handle.close();
  }
}

/** Every tensor the config asks for, in its shape and a known dtype, and no other. */
function check(config: ModelConfig, shapes: Shapes, stored: ReadonlyMap<string, Stored>, folder: string): void {
  const family = familyOf(config);
  for (const [name, shape] of Object.entries(shapes)) {
    const entry = stored.get(name);
    if (!entry)
      throw new InputError(`${folder}: tensor ${name} is missing. Is the checkpoint whole, and of this config?`);
    if (entry.shape.join() !== shape.join()) {
      throw new InputError(`${entry.file}: tensor ${name} is [${entry.shape}], but config.json makes it [${shape}].`);
    }
    if (!isKnownDtype(entry.dtype)) {
      throw new InputError(`${entry.file}: tensor ${name} is ${entry.dtype}; known are F32, F16 and BF16.`);
    }
  }
  const tied = config.tieWordEmbeddings ? /^(embed_out|lm_head)\.weight$/ : undefined;
  for (const [name, { file }] of stored) {
    if (Object.hasOwn(shapes, name) || family.ignored.test(name) || tied?.test(name)) continue;
    throw new InputError(`${file}: tensor ${name} has no place in a ${config.modelType} model of this config.`);
  }
}

async function readTensor(entry: Stored, handles: Map<string, FileHandle>): Promise<Float32Array> {
  const handle = handles.get(entry.file) ?? (await open(entry.file));
  handles.set(entry.file, handle);
  const bytes = await readBytes(handle, entry.dataStart + entry.start, entry.end - entry.start);
  return decodeTensor(bytes, entry.dtype);
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(bytes, read, length - read, position + read);
    if (bytesRead === 0) throw new InputError('A checkpoint file became shorter while it was read. Try again.');
    read += bytesRead;
  }
  return bytes;
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, 'utf8');
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new InputError(`${file}: is not a JSON object.`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
