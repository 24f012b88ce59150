import { type CheckpointFiles, type StreamOptions, streamedLogps } from '@halokit/models';
import { type Reference, remembered } from './reference';

/**
 * A frozen model that is never in memory: its checkpoint is read layer by layer. `train` tells it every row of its plan
 * before the first step, so that the model is read once for all of them, and then every answer is known; where their hidden states
 * need more than `statesBytes`, a few times. Other rows read it again.
 *
 * @param files the checkpoint: `folderFiles`, `urlFiles`, or your own
 * @example
 * const reference = streamedReference(folderFiles('llama-7b'), { onLayer: ({ layer, layers }) => console.log(layer, layers) });
 */
export function streamedReference(files: CheckpointFiles, options: StreamOptions = {}): Reference {
  const known = remembered({ logps: (rows, asked) => streamedLogps(files, rows, { ...options, ...asked }) });
  return {
    logps: known.logps,
    async prefetch(rows, asked) {
      await known.logps(rows, asked);
    },
  };
}
