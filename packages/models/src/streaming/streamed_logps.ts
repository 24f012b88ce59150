import { type CheckpointFiles, OpenFiles } from '../checkpoint/checkpoint_files';
import { openCheckpoint } from '../checkpoint/open_checkpoint';
import { InputError } from '../input_error';
import { checkRows } from '../rows/check_rows';
import type { TokenRow } from '../rows/token_row';
import { countedFiles } from './counted_files';
import { embedFromFile } from './embed_from_file';
import { openReading, type StreamRoom, streamedPasses } from './passes';
import { readPredictions } from './read_predictions';
import { readThroughLayers } from './read_through_layers';

/** Said after each layer. */
export interface StreamedLayer {
  /** Layers that are done: 1 after the first. */
  readonly layer: number;
  readonly layers: number;
  /** Which time the model is read, from 1, and how often in all. */
  readonly reading: number;
  readonly readings: number;
  /** Since the beginning. */
  readonly bytesRead: number;
}

export interface StreamOptions extends StreamRoom {
  /** Most bytes of the vocabulary matrix, as the file has them, held at once. Default: 2^28. */
  readonly vocabularyBytes?: number;
  readonly onLayer?: (event: StreamedLayer) => void;
  /** Stops it, frees everything and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * What `logpRows` says of the same rows, by a model that is never in memory: it is read from its checkpoint layer by layer,
 * and each layer computes all passes before the next one, whose numbers are read meanwhile. Memory holds the hidden states of
 * all passes, two layers, and what one pass has in one layer.
 *
 * Of the embeddings, rows of words that occur are read. The vocabulary matrix comes in blocks, whose log-sum-exps are merged.
 *
 * @param files as `readCheckpoint` takes them
 * @returns an array per row with the log-probability of each response token, in the order given
 * @throws InputError as `readCheckpoint` and `logpRows` do, for a file that changes meanwhile, and for a token id beyond the vocabulary
 * @example
 * const logps = await streamedLogps(folderFiles('llama-7b'), rows, { onLayer: ({ layer, layers }) => console.log(layer, layers) });
 */
export async function streamedLogps(
  files: CheckpointFiles,
  rows: readonly TokenRow[],
  options: StreamOptions = {},
): Promise<Float32Array[]> {
  const { statesBytes, vocabularyBytes = 2 ** 28, signal } = options;
  check({ statesBytes, vocabularyBytes });
  const counted = countedFiles(files);
  const open = new OpenFiles(counted);
  try {
    const checkpoint = await openCheckpoint(open);
    const { numLayers: layers, hiddenSize: width } = checkpoint.config;
    checkRows(rows, checkpoint.config);
    const result = new Array<Float32Array>(rows.length);
    const all = streamedPasses(rows, checkpoint.config, options);
    for (const [i, passes] of all.entries()) {
      signal?.throwIfAborted();
      const reading = openReading(rows, passes, width);
      await embedFromFile(checkpoint, reading);
      await readThroughLayers(checkpoint, reading, signal, (layer) =>
        options.onLayer?.({ layer, layers, reading: i + 1, readings: all.length, bytesRead: counted.bytesRead }),
      );
      await readPredictions(checkpoint, reading, vocabularyBytes, signal, (row, logps) => {
        result[row] = logps;
      });
    }
    return result;
  } finally {
    await open.close();
  }
}

function check(sizes: Readonly<Record<string, number | undefined>>): void {
  for (const [name, bytes = 1] of Object.entries(sizes)) {
    if (!(bytes > 0)) throw new InputError(`${name} is ${bytes}: it must be a number of bytes above 0.`);
  }
}
