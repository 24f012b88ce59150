import { type BatchPlan, type Dataset, datasetFingerprint } from '@halokit/trainer';
import type { Job } from './protocol';

/** A prime: its multiples visit every word of a vocabulary before one comes again. */
const stride = 7919;

/** Thumbs up and down in turn: half of each row is prompt, and half response. `peer.py` has the same. */
export function datasetOf({ rows, tokens, steps }: Job, vocabulary: number): Dataset {
  const prompt = Math.ceil(tokens / 2);
  const examples = Array.from({ length: rows * steps }, (_, row) => {
    const words = Int32Array.from({ length: tokens }, (_, t) => ((row * tokens + t) * stride) % vocabulary);
    return { prompt: words.subarray(0, prompt), response: words.subarray(prompt), desirable: row % 2 === 0 };
  });
  return { feedback: 'binary', examples };
}

/** Every step takes the next rows; a KL row has a prompt and the response of the example after it. */
export async function planOf({ rows, microbatchRows, steps }: Job, dataset: Dataset): Promise<BatchPlan> {
  const positions = [...Array(rows).keys()];
  const starts = positions.filter((row) => row % microbatchRows === 0);
  return {
    settings: { seed: 1, batchSize: rows, microbatchSize: microbatchRows, epochs: 1, kl: true },
    dataset: await datasetFingerprint(dataset),
    steps: Array.from({ length: steps }, (_, step) => ({
      epoch: 0,
      examples: positions.map((row) => step * rows + row),
      klPartners: positions.map((row) => step * rows + ((row + 1) % rows)),
      microbatches: starts.map((start) => positions.slice(start, start + microbatchRows)),
    })),
  };
}
