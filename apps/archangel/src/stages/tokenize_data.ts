import {
  archangelControlTokens,
  type Counts,
  type Feedback,
  requireBothClasses,
  Tally,
  type TokenizeOptions,
  toBinary,
  toDemonstrations,
  tokenizeBinary,
  tokenizeDemonstrations,
  tokenizePreferences,
  toPreferences,
} from '@halokit/data';
import type { Loss } from '@halokit/losses';
import type { Dataset } from '@halokit/trainer';
import { whole } from '../terminal/numbers';
import { describeCounts } from './load_data';

/** The examples that a loss trains on, tokenized; the tally counts what was dropped or repaired. */
export function tokenizeFor(
  { feedback: kind, needs }: Pick<Loss, 'feedback' | 'needs'>,
  feedback: Feedback,
  options: TokenizeOptions,
  tally: Tally,
): Dataset {
  switch (kind) {
    case 'demonstrations':
      return { feedback: kind, examples: tokenizeDemonstrations(toDemonstrations(feedback), options, tally) };
    case 'preferences':
      return { feedback: kind, examples: tokenizePreferences(toPreferences(feedback), options, tally) };
    case 'binary': {
      const examples = toBinary(feedback);
      requireBothClasses(examples);
      if (!needs?.controlTokens) return { feedback: kind, examples: tokenizeBinary(examples, options, tally) };
      const controlled = { ...options, controlTokens: archangelControlTokens };
      return { feedback: kind, controlTokens: true, examples: tokenizeBinary(examples, controlled, tally) };
    }
  }
}

/** Tokenizes, and says what was dropped or repaired on the way. */
export function tokenized(
  loss: Loss,
  feedback: Feedback,
  options: TokenizeOptions,
): { readonly dataset: Dataset; readonly counts: Counts } {
  const tally = new Tally();
  const dataset = tokenizeFor(loss, feedback, options, tally);
  const kind = loss.feedback === 'binary' ? 'examples' : loss.feedback;
  console.log(`  ${whole(dataset.examples.length)} ${kind}: ${describeCounts(tally.counts())}`);
  return { dataset, counts: tally.counts() };
}
