import {
  hhPreferences,
  type Preference,
  Tally,
  toBinary,
  tokenizeBinary,
  tokenizePreferences,
  tulu,
} from '@halokit/data';
import { loadTokenizer, readRows } from '@halokit/data/node';
import { type Dataset, planBatches, tokenBatch } from '@halokit/trainer';
import type { Feedback, Method, Row } from './protocol';

/** Answers in one update: as many pairs are half of them. */
const answers = 32;

/** What is computed at once, as `archangel train` does unless it is told otherwise. */
const atOnce = { microbatchSize: 16, microbatchTokens: 2048 };

/**
 * An epoch of human feedback, its batches drawn at random from a file of HH.
 *
 * @param file a `.jsonl.gz` of Anthropic's HH
 * @param tokenizer a `tokenizer.json`, or its folder
 * @param scale of the answers of an update: 1, 2, 4, ...
 */
export async function hhFeedback(
  file: string,
  tokenizer: string,
  { method, scale = 1 }: { readonly method: Method; readonly scale?: number },
): Promise<Feedback> {
  const pairs: Preference[] = [];
  for await (const pair of hhPreferences(readRows(file), new Tally())) pairs.push(pair);
  const loaded = await loadTokenizer(tokenizer);
  const options = { tokenizer: loaded.tokenizer, format: tulu, maxLength: 512, maxPromptLength: 256 } as const;
  const dataset: Dataset =
    method === 'kto'
      ? {
          feedback: 'binary',
          examples: tokenizeBinary(toBinary({ kind: 'preferences', examples: pairs }), options, new Tally()),
        }
      : { feedback: 'preferences', examples: tokenizePreferences(pairs, options, new Tally()) };
  const batchSize = (scale * answers) / (method === 'kto' ? 1 : 2);
  const settings = { seed: 1, batchSize, epochs: 1, kl: method === 'kto', ...atOnce };
  const plan = await planBatches(dataset, settings);
  const row = ({ prompt, response }: { prompt: Int32Array; response: Int32Array }): Row => [[...prompt], [...response]];
  return {
    feedback: dataset.feedback,
    examples: dataset.examples.map((example) =>
      Object.fromEntries(Object.entries(example).map(([k, v]) => [k, v instanceof Int32Array ? [...v] : v])),
    ) as Feedback['examples'],
    plan,
    steps: plan.steps.map((step) => {
      const { rows, kl = [], desirable = [] } = tokenBatch(dataset, step);
      return { rows: rows.map(row), kl: kl.map(row), desirable: [...desirable] };
    }),
  };
}
