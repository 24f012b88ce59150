import type { TokenRow } from '@halokit/models';
import type { Dataset } from './dataset';
import type { PlannedStep } from './plan';

/**
 * The rows of one effective batch. `rows` holds one row per example, or, for preferences, the chosen responses of all
 * examples and then the rejected ones.
 */
export interface TokenBatch {
  readonly feedback: Dataset['feedback'];
  readonly examples: number;
  readonly rows: readonly TokenRow[];
  /** Binary feedback only: which examples have a thumb up. */
  readonly desirable?: readonly boolean[];
  /** Preferences only, where the data says so: by how much each chosen response was rated better, 0 where it does not. */
  readonly margins?: readonly number[];
  /** A prompt with the response to another, one row per example, where the plan has partners. */
  readonly kl?: readonly TokenRow[];
}

/** The rows of a planned step. A KL row longer than `maxLength` tokens loses the end of its response. */
export function tokenBatch(dataset: Dataset, step: PlannedStep, maxLength = Infinity): TokenBatch {
  if (dataset.feedback === 'preferences') {
    const pairs = step.examples.map((i) => at(dataset.examples, i));
    const side = (key: 'chosen' | 'rejected') => pairs.map((pair) => ({ prompt: pair.prompt, response: pair[key] }));
    const margins = pairs.some(({ margin }) => margin !== undefined) && pairs.map(({ margin }) => margin ?? 0);
    return {
      feedback: 'preferences',
      examples: pairs.length,
      rows: [...side('chosen'), ...side('rejected')],
      ...(margins && { margins }),
    };
  }
  const rows = step.examples.map((i) => at<TokenRow>(dataset.examples, i));
  const batch = { feedback: dataset.feedback, examples: rows.length, rows };
  if (dataset.feedback === 'demonstrations') return batch;
  const partners = step.klPartners?.map((i) => at(dataset.examples, i).response);
  return {
    ...batch,
    desirable: step.examples.map((i) => at(dataset.examples, i).desirable),
    kl: partners?.map((response, i) => {
      const { prompt } = at(rows, i);
      return { prompt, response: response.subarray(0, Math.max(1, maxLength - prompt.length)) };
    }),
  };
}

/** The positions of a microbatch's rows in `batch.rows`, given the positions of its examples. */
export function rowPositions(batch: TokenBatch, examples: readonly number[]): number[] {
  if (batch.feedback !== 'preferences') return [...examples];
  return [...examples, ...examples.map((i) => i + batch.examples)];
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined)
    throw new RangeError(`No example ${index} among ${items.length}: the plan belongs to other data.`);
  return item;
}
