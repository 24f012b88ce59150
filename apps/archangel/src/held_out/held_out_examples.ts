import {
  archangelControlTokens,
  type Binary,
  type Feedback,
  type Preference,
  Tally,
  type TokenizedBinary,
  type TokenizedDemonstration,
  type TokenizedPreference,
  type TokenizeOptions,
  toBinary,
  toDemonstrations,
  tokenizeBinary,
  tokenizeDemonstrations,
  tokenizePreferences,
} from '@halokit/data';
import type { Loss } from '@halokit/losses';
import type { TokenRow } from '@halokit/models';

/** Held-out examples, tokenized: what there is to say depends on their kind. */
export type HeldOutExamples = KindOfExamples & {
  /** The data set that each is from. */
  readonly sets: readonly string[];
};

type KindOfExamples =
  | { readonly kind: 'demonstrations'; readonly examples: readonly TokenizedDemonstration[] }
  | { readonly kind: 'preferences'; readonly examples: readonly TokenizedPreference[] }
  | { readonly kind: 'binary'; readonly examples: readonly TokenizedBinary[] };

type SetOf = (example: { readonly source: string; readonly set?: string }) => string;

/**
 * Tokenizes held-out feedback: as it is for a loss that tells good from bad, and for one that imitates what is worth
 * imitating, after the good control token where it has learnt with control tokens.
 */
export function heldOutExamples(
  feedback: Feedback,
  { feedback: kind, needs }: Loss,
  options: TokenizeOptions,
  setOf: SetOf,
): HeldOutExamples {
  const tally = new Tally();
  if (needs?.controlTokens) {
    const good = toBinary(feedback).filter(({ desirable }) => desirable);
    const controlled = { ...options, controlTokens: archangelControlTokens };
    return { kind: 'demonstrations', ...bySet(good, setOf, (some) => tokenizeBinary(some, controlled, tally)) };
  }
  if (kind === 'demonstrations') {
    const tokenize = (some: ReturnType<typeof toDemonstrations>) => tokenizeDemonstrations(some, options, tally);
    return { kind, ...bySet(toDemonstrations(feedback), setOf, tokenize) };
  }
  if (feedback.kind === 'preferences') {
    const tokenize = (some: readonly Preference[]) => tokenizePreferences(some, options, tally);
    return { kind: 'preferences', ...bySet(feedback.examples, setOf, tokenize) };
  }
  const tokenize = (some: readonly Binary[]) => tokenizeBinary(some, options, tally);
  return { kind: 'binary', ...bySet(feedback.examples, setOf, tokenize) };
}

/** Tokenizes neighbours of one set together, for some may be left out, and the others do not say where they were. */
function bySet<T extends Parameters<SetOf>[0], R>(
  items: readonly T[],
  setOf: SetOf,
  tokenize: (some: readonly T[]) => readonly R[],
): { readonly examples: readonly R[]; readonly sets: readonly string[] } {
  const [examples, sets]: [R[], string[]] = [[], []];
  for (let start = 0, end = 0; start < items.length; start = end) {
    const set = setOf(items[start] as T);
    while (end < items.length && setOf(items[end] as T) === set) end++;
    for (const example of tokenize(items.slice(start, end))) {
      examples.push(example);
      sets.push(set);
    }
  }
  return { examples, sets };
}

/** The rows that `evaluate` asks the reference for. */
export function heldOutRows(heldOut: HeldOutExamples, byScores: boolean): readonly TokenRow[] {
  if (heldOut.kind === 'demonstrations') return heldOut.examples;
  if (byScores) return [];
  return heldOut.kind === 'binary' ? heldOut.examples : pairRows(heldOut.examples);
}

/** Chosen and rejected of a pair next to each other. */
export function pairRows(preferences: readonly TokenizedPreference[]): TokenRow[] {
  return preferences.flatMap(({ prompt, chosen, rejected }) =>
    [chosen, rejected].map((response) => ({ prompt, response })),
  );
}
