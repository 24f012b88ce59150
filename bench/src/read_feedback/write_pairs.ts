import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Words of a vocabulary in which a word's frequency goes with one over its rank, as in any language. */
const vocabulary = 30_000;

/** Words of a text on average; GPT-NeoX makes 135 tokens of a prompt and 46 of a response, which is what HH has. */
const lengths = { prompt: 71, response: 26 };

/** Writes made-up preferences of HH's size, always the same, as `.jsonl.gz`. */
export async function writePairs(file: string, pairs: number): Promise<void> {
  const random = mulberry32(1);
  const lexicon = Array.from({ length: vocabulary }, (_, rank) => word(rank));
  const text = (mean: number) => {
    const words = Math.max(1, Math.round(-mean * Math.log(1 - random())));
    // Uniform in the logarithm of the rank: Zipf's law.
    return Array.from({ length: words }, () => lexicon[Math.floor(vocabulary ** random()) - 1]).join(' ');
  };
  const gzip = createGzip({ level: 1 });
  const out = gzip.pipe(createWriteStream(file));
  for (let i = 0; i < pairs; i++) {
    const prompt = [{ role: 'user', content: `${text(lengths.prompt)}?` }];
    const row = { prompt, chosen: `${text(lengths.response)}.`, rejected: `${text(lengths.response)}!` };
    if (!gzip.write(`${JSON.stringify(row)}\n`)) await once(gzip, 'drain');
  }
  gzip.end();
  await finished(out);
}

/** A pronounceable word for each rank, the frequent ones short. */
function word(rank: number): string {
  const syllable = (i: number) => `${'bdfgklmnprst'[i % 12]}${'aeiou'[Math.floor(i / 12) % 5]}`;
  return rank < 60 ? syllable(rank) : word(Math.floor(rank / 60) - 1) + syllable(rank % 60);
}

/** Tommy Ettinger's generator of 32 bits, as numbers from 0 to below 1. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
