import { InputError } from '../input_error';
import { type CheckpointFiles, OpenFiles } from './checkpoint_files';
import { isWeightDtype } from './dtypes';
import { quoted } from './json_object';
import { readTensor } from './read_weights';
import { readHeader } from './safetensors_header';
import { writeHeader } from './write_header';

/** A tensor of a file: its name, its shape and its numbers. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly numbers: Float32Array;
}

/** What a file of tensors is written from: a tensor, or what has its numbers when they are asked for. */
export interface TensorSource {
  readonly shape: readonly number[];
  readonly size: number;
  /** Float32. */
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
}

/**
 * The bytes of a safetensors file of float32 tensors of any names, such as an optimiser's state. A tensor's numbers are
 * fetched when its turn comes; each chunk is good until the next.
 *
 * @example
 * for await (const chunk of tensorFileBytes(new Map([['mean', tf.tensor1d([1, 2])]]))) await file.write(chunk);
 */
export async function* tensorFileBytes(tensors: ReadonlyMap<string, TensorSource>): AsyncGenerator<Uint8Array> {
  const inOrder = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  yield writeHeader(
    inOrder.map(([name, { shape, size }]) => ({ name, shape, bytes: 4 * size })),
    'F32',
  );
  for (const [, tensor] of inOrder) {
    const { buffer, byteOffset, byteLength } = await tensor.data();
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}

/**
 * The tensors of one safetensors file, one after the other, in the file's order, as float32.
 *
 * @throws InputError when there is no such file, for whatever the format forbids, and for a tensor that is neither F32, F16
 * nor BF16
 *
 * @example
 * for await (const { name, shape, numbers } of readTensorFile(folderFiles('adapter'), 'adapter_model.safetensors')) ...
 */
export async function* readTensorFile(files: CheckpointFiles, name: string): AsyncGenerator<NamedTensor> {
  const open = new OpenFiles(files);
  try {
    const file = await open.find(name);
    if (!file) throw new InputError(`${open.place}: holds no ${name}.`);
    const entries = [...(await readHeader(file))].sort(([, a], [, b]) => a.start - b.start);
    for (const [tensor, { dtype, ...entry }] of entries) {
      const what = `${file.path}: tensor ${quoted(tensor)}`;
      if (!isWeightDtype(dtype)) throw new InputError(`${what} is ${dtype}; known are F32, F16 and BF16.`);
      const numbers = await readTensor(tensor, { ...entry, dtype, file });
      yield { name: tensor, shape: entry.shape, numbers };
    }
  } finally {
    await open.close();
  }
}
