import type { Machine } from '../machine';
import { digits, megabytes, spread } from '../numbers';
import { summary } from '../statistics';
import type { Outcome } from './protocol';

export interface Results {
  readonly machine: Machine;
  readonly pairs: number;
  readonly tokenizer: string;
  readonly results: readonly { readonly name: string; readonly outcomes: readonly Outcome[] }[];
}

/** A line a program: seconds and pairs a second, as median with least and greatest, and the most memory of any round. */
export function report({ machine, pairs, tokenizer, results }: Results): string {
  const lines = results.map(({ name, outcomes }) => {
    const seconds = outcomes.map((outcome) => outcome.seconds);
    const peak = Math.max(...outcomes.map(({ peakBytes }) => peakBytes));
    const rate = Math.round(pairs / summary(seconds).median).toLocaleString('en-US');
    return `${name.padEnd(38)}${spread(summary(seconds), ' s').padEnd(26)}${rate.padStart(8)} pairs/s   ${megabytes(peak)}`;
  });
  const tokens = results.flatMap(({ outcomes }) => outcomes).find(({ promptTokens }) => promptTokens > 0);
  const size = tokens
    ? `, ${digits(tokens.promptTokens / tokens.rows)} tokens a prompt and ${digits(tokens.responseTokens / tokens.rows)} a response`
    : '';
  return [
    `Reading ${pairs.toLocaleString('en-US')} pairs from a .jsonl.gz (${machine.cpu}, ${machine.cores} cores)`,
    `Tokenizer: ${tokenizer}${size}. Times are the median (least to greatest); memory is the whole process's peak.`,
    '',
    ...lines,
  ].join('\n');
}
