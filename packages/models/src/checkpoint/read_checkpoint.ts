import type { CausalLM } from '../causal_lm';
import { InputError } from '../input_error';
import { checkStorage, type Storage } from '../storage/storage';
import { type CheckpointFiles, OpenFiles } from './checkpoint_files';
import { openCheckpoint } from './open_checkpoint';
import { readWeights } from './read_weights';

export interface ReadOptions {
  /** Whether its weights train. Default: true, unless there is a `storage`. */
  readonly trainable?: boolean;
  /**
   * Keeps the matrices of a frozen model in 16 bits, in half the memory; the file's own numbers where they are of that type,
   * and otherwise rounded to it. They are widened as they are used, and all arithmetic is float32. Default: float32.
   */
  readonly storage?: Storage;
}

/**
 * Reads a Hugging Face checkpoint from wherever it lies: `config.json` and `model.safetensors`, or shards with their
 * index. Float16 and bfloat16 are widened to float32, exactly. Heads that are there come with it, buffers that old
 * checkpoints hold are passed over. Tensors are read one by one, 16 MiB at a time, so that little more than the model is in
 * memory.
 *
 *     const model = await readCheckpoint(urlFiles('https://example.org/pythia-70m'));
 *
 * @param files `urlFiles`, `blobFiles`, or your own
 * @throws InputError naming the file, field or tensor that is missing, extra, misshapen or broken; for a `storage` of a model
 * that trains, and for a number that it cannot hold
 */
export async function readCheckpoint(files: CheckpointFiles, options: ReadOptions = {}): Promise<CausalLM> {
  check(options);
  const { storage } = options;
  const open = new OpenFiles(files);
  try {
    const { config, tensors, json } = await openCheckpoint(open);
    const trainable = options.trainable ?? !storage;
    const weights = await readWeights(config, tensors, { storage, trainable });
    return { config, weights, ...(storage && { storage }), checkpoint: json };
  } finally {
    await open.close();
  }
}

function check({ trainable, storage }: ReadOptions): void {
  if (storage === undefined) return;
  checkStorage(storage);
  if (!trainable) return;
  throw new InputError(
    `storage is ${storage}, in which no weight trains: leave trainable out, and give the model an adapter (addAdapter).`,
  );
}
