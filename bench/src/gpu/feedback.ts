import { readFile } from 'node:fs/promises';
import { type Dataset, planBatches, tokenBatch } from '@halokit/trainer';
import type { Feedback, Row } from '../alignment/protocol';
import type { GpuShape } from './shape';

/** Examples that are computed at once at most; tokens are what limits them. */
const microbatchSize = 64;

/**
 * Steps of KTO on rows as long as those of HH and of made-up tokens: nothing needs to be fetched or read. The lengths are those of
 * 256 pairs, every seventh or eighth of HH's held-out harmless ones, in tokens of GPT-NeoX, cut as `archangel train` cuts them.
 *
 * @param atOnce tokens that our program computes at once, at most
 */
export async function hhLikeFeedback(
  { size: { vocabulary }, answers, shorter }: GpuShape,
  { steps, atOnce }: { readonly steps: number; readonly atOnce: number },
): Promise<Feedback> {
  const pairs: [number, number, number][] = JSON.parse(
    await readFile(new URL('hh_lengths.json', import.meta.url), 'utf8'),
  );
  let word = 0;
  const tokens = (length: number) =>
    Int32Array.from({ length: Math.max(2, Math.round(length / shorter)) }, () => (word++ * 7919) % vocabulary);
  const examples = pairs.flatMap(([prompt, chosen, rejected]) => {
    const shared = tokens(prompt);
    return [
      { prompt: shared, response: tokens(chosen), desirable: true },
      { prompt: shared, response: tokens(rejected), desirable: false },
    ];
  });
  const dataset: Dataset = { feedback: 'binary', examples };
  const settings = { seed: 1, batchSize: answers, epochs: 1, kl: true, microbatchSize, microbatchTokens: atOnce };
  const { steps: planned, ...plan } = await planBatches(dataset, settings);
  const some = planned.slice(0, steps);
  const row = ({ prompt, response }: { prompt: Int32Array; response: Int32Array }): Row => [[...prompt], [...response]];
  return {
    feedback: 'binary',
    examples: examples.map((example) => ({ ...example, prompt: [...example.prompt], response: [...example.response] })),
    plan: { ...plan, steps: some },
    steps: some.map((step) => {
      const { rows, kl = [], desirable = [] } = tokenBatch(dataset, step);
      return { rows: rows.map(row), kl: kl.map(row), desirable: [...desirable] };
    }),
  };
}
