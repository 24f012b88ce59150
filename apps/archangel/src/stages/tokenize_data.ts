import {
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
import { describeCounts } from './load_data';

/** The examples that a loss of this kind trains on, tokenized; says what was dropped or repaired on the way. */
export function tokenizeFor(kind: Loss['feedback'], feedback: Feedback, options: TokenizeOptions): Dataset {
  const tally = new Tally();
  const dataset = tokenizeKind(kind, feedback, options, tally);
  console.log(
    `  ${dataset.examples.length} ${kind === 'binary' ? 'examples' : kind}: ${describeCounts(tally.counts())}`,
  );
  return dataset;
}

function tokenizeKind(kind: Loss['feedback'], feedback: Feedback, options: TokenizeOptions, tally: Tally): Dataset {
  switch (kind) {
    case 'demonstrations':
      return { feedback: kind, examples: tokenizeDemonstrations(toDemonstrations(feedback), options, tally) };
    case 'preferences':
      return { feedback: kind, examples: tokenizePreferences(toPreferences(feedback), options, tally) };
    case 'binary': {
      const examples = toBinary(feedback);
      requireBothClasses(examples);
      return { feedback: kind, examples: tokenizeBinary(examples, options, tally) };
    }
  }
}
