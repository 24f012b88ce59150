import type { BatchNumbers } from './batch_numbers';
import type { TokenBatch } from './token_batch';

/** Metrics of one step by TRL's names; a metric that has no value for this batch (one class missing) is absent. */
export type Metrics = Record<string, number> & { loss: number };

/**
 * The mean loss, rewards and log-probabilities of the chosen (desirable) and the rejected (undesirable) rows.
 *
 * `rewards/accuracies` is the share of pairs in which the chosen response has the higher reward, a tie counting half.
 * Pairs are the examples for preferences; for binary feedback, which has none, they are all desirable rows of the
 * batch against all undesirable ones (the area under the ROC curve).
 */
export function batchMetrics(batch: TokenBatch, numbers: BatchNumbers): Metrics {
  const metrics: Metrics = { loss: mean(numbers.losses) };
  const put = (name: string, values: readonly number[] | Float64Array) => {
    if (values.length > 0) metrics[name] = mean(values);
  };
  const isChosen = (row: number) => (batch.desirable ? batch.desirable[row] === true : row < batch.examples);
  const side = (values: Float64Array, chosen: boolean) => [...values].filter((_, row) => isChosen(row) === chosen);
  put('logps/chosen', side(numbers.logps, true));
  put('logps/rejected', side(numbers.logps, false));
  if (numbers.rewards) {
    const chosen = side(numbers.rewards, true);
    const rejected = side(numbers.rewards, false);
    put('rewards/chosen', chosen);
    put('rewards/rejected', rejected);
    if (chosen.length > 0 && rejected.length > 0) {
      metrics['rewards/margins'] = mean(chosen) - mean(rejected);
      metrics['rewards/accuracies'] =
        batch.feedback === 'preferences'
          ? mean(chosen.map((reward, i) => beats(reward, rejected[i] as number)))
          : mean(chosen.flatMap((reward) => rejected.map((other) => beats(reward, other))));
    }
  }
  for (const [name, values] of Object.entries(numbers.extra)) put(name, values);
  return metrics;
}

function beats(a: number, b: number): number {
  return a > b ? 1 : a === b ? 0.5 : 0;
}

function mean(values: readonly number[] | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
