import { type Adapter, scaleOf } from '../adapters/adapter';
import type { CausalLM } from '../causal_lm';
import { type ModelConfig, writeConfig } from '../families/families';
import { wideNumbers, wideShape } from '../storage/packed_weight';
import { type CheckpointFiles, OpenFiles } from './checkpoint_files';
import type { WeightTensor } from './expected_tensors';
import { openCheckpoint } from './open_checkpoint';
import { readTensor } from './read_weights';

/** Numbers that are hashed at once, 16 MiB: a checkpoint's are never in memory beyond that. */
const atOnce = 2 ** 22;

/** A weight's shape, and its numbers in parts of `atOnce`. */
interface Hashed {
  readonly shape: readonly number[];
  parts(): AsyncIterable<Float32Array>;
}

/**
 * A SHA-256 over a model's config, its weights' names, shapes and float32 numbers, and its adapter, as 64 hexadecimal digits:
 * what is computed with models of one fingerprint is the same. Weights kept in 16 bits count as the numbers that they are.
 * How much dropout an adapter has says nothing of what the model is, and is left out.
 *
 *     sha256(JSON of config, adapter, names and shapes; then of each weight, by name, sha256 of every 2^22 numbers)
 *
 * Costs one pass over the weights, read back one at a time: about a second for each GB of float32.
 *
 * @example
 * const fingerprint = await modelFingerprint(model);
 */
export async function modelFingerprint(model: CausalLM): Promise<string> {
  const weights = [...model.weights].map(([name, weight]): [string, Hashed] => {
    async function* parts() {
      yield* cut(await wideNumbers(model, weight));
    }
    return [name, { shape: wideShape(model, weight), parts }];
  });
  return fingerprint(model.config, weights, model.adapter);
}

/**
 * The fingerprint that `modelFingerprint` gives the model of a checkpoint, which is read once from end to end, 16 MiB at a
 * time, and not loaded. Whether its files are in float32 or 16 bits, whole or in shards, plays no part.
 *
 * @param files as `readCheckpoint` takes them
 * @throws InputError as `readCheckpoint` does
 * @example
 * const fingerprint = await checkpointFingerprint(folderFiles('llama-7b'));
 */
export async function checkpointFingerprint(files: CheckpointFiles): Promise<string> {
  const open = new OpenFiles(files);
  try {
    const { config, tensors } = await openCheckpoint(open);
    const weights = [...tensors].map(([name, tensor]): [string, Hashed] => {
      return [name, { shape: tensor.shape, parts: () => partsOf(name, tensor) }];
    });
    return await fingerprint(config, weights);
  } finally {
    await open.close();
  }
}

async function fingerprint(
  config: ModelConfig,
  weights: readonly [string, Hashed][],
  adapter?: Adapter,
): Promise<string> {
  const inOrder = [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
  const said = {
    config: Object.entries(writeConfig(config)).sort(([a], [b]) => (a < b ? -1 : 1)),
    adapter: adapter && { rank: adapter.rank, scale: scaleOf(adapter) },
    weights: inOrder.map(([name, { shape }]) => [name, shape]),
  };
  const digests = [await sha256(new TextEncoder().encode(JSON.stringify(said)))];
  for (const [, { parts }] of inOrder)
    for await (const numbers of parts()) digests.push(await sha256(bytesOf(numbers)));
  const all = new Uint8Array(32 * digests.length);
  for (const [i, digest] of digests.entries()) all.set(digest, 32 * i);
  return Array.from(await sha256(all), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function* cut(numbers: Float32Array): Generator<Float32Array> {
  for (let at = 0; at < numbers.length; at += atOnce) yield numbers.subarray(at, at + atOnce);
}

/** The parts of a tensor that `cut` makes of all its numbers, each read when its turn comes. */
async function* partsOf(name: string, tensor: WeightTensor): AsyncGenerator<Float32Array> {
  const size = tensor.shape.reduce((product, n) => product * n, 1);
  const bytes = (tensor.end - tensor.start) / size;
  for (let at = 0; at < size; at += atOnce) {
    const count = Math.min(atOnce, size - at);
    const start = tensor.start + at * bytes;
    yield await readTensor(name, { ...tensor, shape: [count], start, end: start + count * bytes });
  }
}

function bytesOf(numbers: Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(numbers.buffer as ArrayBuffer, numbers.byteOffset, numbers.byteLength);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
