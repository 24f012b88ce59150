import { type ClassCounts, lambdas } from '@halokit/losses';
import type { Dataset } from '@halokit/trainer';
import { InputError } from '../input_error';
import { whole } from '../terminal/numbers';
import type { LossSource } from './loss_source';

/** Options with which the classes weigh what they should, and a line that says so. */
export interface WeighedOptions {
  readonly options: Readonly<Record<string, unknown>>;
  /** Absent for a loss that does not weigh classes. */
  readonly said?: string;
}

/**
 * Weights the classes by how many examples each has, where the loss has `desirableWeight` and `undesirableWeight` that were
 * not given by hand.
 *
 * @throws InputError for weights given by hand that are not positive, or that put the classes outside of the range, unless
 * `outside` allows it
 */
export function classWeights(
  { defaults = {} }: LossSource,
  { options, given }: Record<'options' | 'given', Readonly<Record<string, unknown>>>,
  dataset: Dataset,
  outside: 'error' | 'allow',
): WeighedOptions {
  const weighs = 'desirableWeight' in defaults && 'undesirableWeight' in defaults;
  if (dataset.feedback !== 'binary' || !weighs) return { options };
  const desirable = dataset.examples.filter((example) => example.desirable).length;
  const counts = { desirable, undesirable: dataset.examples.length - desirable };
  // A file's own default counts as given, unless it is 1.
  const hand = (key: keyof Given) =>
    (given[key] ?? (defaults[key] === 1 ? undefined : defaults[key])) as number | undefined;
  const byHand = { desirableWeight: hand('desirableWeight'), undesirableWeight: hand('undesirableWeight') };
  const weights = balanced(counts, byHand, outside);
  const hands = Object.values(byHand).filter((weight) => weight !== undefined).length;
  const how = ['by their counts', 'one by hand, one by their counts', 'by hand'][hands];
  return {
    options: { ...options, ...weights },
    said:
      `${whole(counts.desirable)} desirable examples weigh ${short(weights.desirableWeight)} each, ` +
      `${whole(counts.undesirable)} undesirable ones ${short(weights.undesirableWeight)} (${how})`,
  };
}

type Given = { readonly desirableWeight?: number; readonly undesirableWeight?: number };

function balanced(counts: ClassCounts, given: Given, outside: 'error' | 'allow'): Required<Given> {
  let weights: Required<Given>;
  try {
    weights = lambdas(counts, { ...given, outside: 'allow' });
  } catch (error) {
    throw new InputError(`loss: ${(error as Error).message}`);
  }
  if (outside === 'allow') return weights;
  try {
    return lambdas(counts, given);
  } catch {
    const { desirable, undesirable } = counts;
    const ratio = (weights.desirableWeight * desirable) / (weights.undesirableWeight * undesirable);
    const better = lambdas(counts);
    throw new InputError(
      `loss.desirableWeight ${short(weights.desirableWeight)} and loss.undesirableWeight ${short(weights.undesirableWeight)} ` +
        `put ${desirable} desirable and ${undesirable} undesirable examples at ${ratio.toPrecision(3)}, outside of 1 to 4/3. ` +
        `Leave them out for ${short(better.desirableWeight)} and ${short(better.undesirableWeight)}, or keep them with --weights-outside allow.`,
    );
  }
}

function short(weight: number): string {
  return String(Number(weight.toPrecision(4)));
}
