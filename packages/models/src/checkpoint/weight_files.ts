import { InputError } from '../input_error';
import { intoShards, shardIndex, shardName } from './shards';
import { formatOf, type SavedDtype, type WeightFormat } from './weight_format';
import { writeHeader } from './write_header';

/** A file of a checkpoint: its name, and its bytes from first to last. */
export interface WeightFile {
  readonly name: string;
  /** Each is good until the next one. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A weight whose numbers are there when they are asked for. */
export interface SavedWeight {
  readonly shape: readonly number[];
  readonly size: number;
  numbers(): Promise<Float32Array>;
}

interface Saved {
  readonly name: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly weight: SavedWeight;
}

/** Numbers rounded at once: few enough to stay in the processor's cache. */
const chunkNumbers = 2 ** 17;

/**
 * The files that hold a model's weights, as Transformers names and fills them: `model.safetensors`, or shards of at most
 * `maxShardBytes` (one tensor each, where that alone is larger) and their index. A tensor's numbers are fetched when its
 * turn comes.
 *
 * @throws InputError for another dtype or size; from `chunks` for a finite number that the dtype cannot hold
 */
export function weightFiles(
  weights: ReadonlyMap<string, SavedWeight>,
  { dtype, maxShardBytes }: { dtype: SavedDtype; maxShardBytes: number },
): WeightFile[] {
  const format = formatOf(dtype);
  if (!(maxShardBytes >= 1)) throw new InputError(`maxShardBytes is ${maxShardBytes}: it must be at least 1.`);
  const tensors = [...weights].map(([name, weight]): Saved => {
    return { name, shape: weight.shape, bytes: weight.size * format.bytesPerNumber, weight };
  });
  const shards = intoShards(tensors, maxShardBytes);
  const files = shards.map((shard, i) => ({ name: shardName(i, shards.length), chunks: shardChunks(shard, format) }));
  if (shards.length === 1) return files;
  const index = new TextEncoder().encode(`${JSON.stringify(shardIndex(shards), null, 2)}\n`);
  return [...files, { name: 'model.safetensors.index.json', chunks: only(index) }];
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* shardChunks(shard: readonly Saved[], format: WeightFormat): AsyncGenerator<Uint8Array> {
  // By name, as the format's reference implementation writes tensors of one dtype.
  const inOrder = [...shard].sort((a, b) => (a.name < b.name ? -1 : 1));
  yield writeHeader(inOrder, format.dtype);
  for (const { name, weight } of inOrder) {
    const values = await weight.numbers();
    if (!format.round) yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    else yield* rounded(values, name, format, format.round);
  }
}

function* rounded(
  values: Float32Array,
  name: string,
  format: WeightFormat,
  round: NonNullable<WeightFormat['round']>,
): Generator<Uint8Array> {
  const target = new Uint16Array(Math.min(chunkNumbers, values.length));
  for (let at = 0; at < values.length; at += chunkNumbers) {
    const length = Math.min(chunkNumbers, values.length - at);
    const overflow = round(target, new Uint32Array(values.buffer, values.byteOffset + 4 * at, length));
    if (overflow !== undefined) {
      throw new InputError(
        `Tensor ${name} holds ${values[at + overflow]}, beyond ${format.largest}, the largest ${format.name}: ` +
          `it would become infinite. Save it as ${format.name === 'float16' ? 'bfloat16 or float32' : 'float32'}.`,
      );
    }
    yield new Uint8Array(target.buffer, 0, 2 * length);
  }
}
