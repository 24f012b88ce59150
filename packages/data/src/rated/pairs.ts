import type { Preference, Ranked, Scored } from '../feedback';
import { InputError } from '../input_error';
import type { Tally } from '../tally';
import { type Candidate, type Group, rankGroups, scoreGroups } from './candidates';
import { Ledger } from './ledger';

/** Scores or ranks as pairs. */
export interface PairOptions {
  /** 'adjacent': each response with those next below it. 'all': with all below it. */
  readonly pairs: 'adjacent' | 'all';
  /** The least difference, of scores or of ranks, that makes a pair; any, unless stated. */
  readonly margin?: number;
}

/** Of one prompt. More fill the memory before anyone has said that this was wanted. */
const mostPairs = 1e6;

/**
 * The scored responses of each prompt in pairs, the higher score chosen; their difference is the pair's `margin`.
 *
 * Equal scores make no pair, nor do scores that differ by less than `margin`. A response that was scored several times
 * under one prompt stands at its mean score. Counted by record: dropped when it is in no pair, kept otherwise, with the
 * responses that are tied or too close to another as repairs.
 *
 * @throws InputError for options of the wrong type, and a prompt with more than a million pairs
 */
export function scoresToPreferences(records: readonly Scored[], options: PairOptions, tally: Tally): Preference[] {
  const ledger = new Ledger(records.length);
  const pairs = scorePairs(records, options, ledger);
  ledger.settle(tally);
  return pairs;
}

/**
 * As `scoresToPreferences` by rank, without margins on the pairs. Responses are compared with those of their own record,
 * or, of records with one response, with those of their prompt. OASST's pairs are the 'adjacent' ones.
 */
export function ranksToPreferences(records: readonly Ranked[], options: PairOptions, tally: Tally): Preference[] {
  const ledger = new Ledger(records.length);
  const pairs = rankPairs(records, options, ledger);
  ledger.settle(tally);
  return pairs;
}

export function scorePairs(records: readonly Scored[], options: PairOptions, ledger: Ledger): Preference[] {
  checkPairOptions(options);
  return scoreGroups(records, ledger).flatMap((group) => pairUp(group, options, ledger, true));
}

export function rankPairs(records: readonly Ranked[], options: PairOptions, ledger: Ledger): Preference[] {
  checkPairOptions(options);
  return rankGroups(records, ledger).flatMap((group) => pairUp(group, options, ledger, false));
}

function checkPairOptions({ pairs, margin = 0 }: PairOptions): void {
  if (pairs !== 'adjacent' && pairs !== 'all')
    throw new InputError(`pairs: must be "adjacent" or "all", not ${pairs}.`);
  if (!(margin >= 0 && margin < Number.POSITIVE_INFINITY)) {
    throw new InputError(`margin: must be a number from 0, not ${margin}.`);
  }
}

function pairUp(group: Group, options: PairOptions, ledger: Ledger, rated: boolean): Preference[] {
  const tiers = tiersOf(group);
  const values = tiers.map(([first]) => first?.value ?? 0);
  const margin = options.margin ?? 0;
  const apart = (i: number, j: number) => reaches(values[i] as number, values[j] as number, margin);
  const result: Preference[] = [];
  const paired = new Set<Candidate>();
  // Tiers fall, so what is far enough from one is everything from some tier on, and later for later ones.
  let far = 0;
  tiers.forEach((upper, i) => {
    far = Math.max(far, i + 1);
    while (far < tiers.length && !apart(i, far)) far += 1;
    const from = options.pairs === 'all' ? far : i + 1;
    const to = options.pairs === 'all' ? tiers.length : far === i + 1 ? Math.min(i + 2, tiers.length) : from;
    for (const lower of tiers.slice(from, to)) {
      if (result.length + upper.length * lower.length > mostPairs) throw tooMany(group);
      const difference = Math.min((values[i] as number) - (lower[0] as Candidate).value, Number.MAX_VALUE);
      for (const better of upper) {
        for (const worse of lower) result.push(pairOf(better, worse, rated ? difference : undefined));
      }
      for (const candidate of [...upper, ...lower]) paired.add(candidate);
    }
  });
  tiers.forEach((tier, i) => {
    // What is too close to any tier is too close to a neighbour.
    const close = [i - 1, i].some((j) => j >= 0 && j + 1 < tiers.length && !apart(j, j + 1));
    for (const candidate of tier) {
      const { record } = candidate;
      if (paired.has(candidate)) ledger.use(record);
      else ledger.leave(record, reasonAlone(group, tiers));
      if (!paired.has(candidate)) continue;
      if (tier.length > 1) ledger.leave(record, 'tied with another response: no pair of the two');
      if (close) ledger.leave(record, 'closer than the margin to another response: no pair of the two');
    }
  });
  return result;
}

/** Candidates of one value together, the best first. */
function tiersOf(group: Group): Candidate[][] {
  const tiers = new Map<number, Candidate[]>();
  for (const candidate of [...group].sort((a, b) => b.value - a.value)) {
    const tier = tiers.get(candidate.value);
    if (tier) tier.push(candidate);
    else tiers.set(candidate.value, [candidate]);
  }
  return [...tiers.values()];
}

/** 0.3 and 0.2 differ by 0.1, though not in floating point. */
function reaches(better: number, worse: number, margin: number): boolean {
  return better - worse >= margin - 1e-12 * Math.max(Math.abs(better), Math.abs(worse));
}

function pairOf(better: Candidate, worse: Candidate, margin: number | undefined): Preference {
  const pair = { ...better.origin, chosen: better.response, rejected: worse.response };
  return margin === undefined ? pair : { ...pair, margin };
}

function reasonAlone(group: Group, tiers: readonly unknown[]): string {
  if (group.length === 1) return 'the only response of its prompt';
  return tiers.length === 1
    ? 'tied with every other response of its prompt'
    : 'closer than the margin to what it is compared with';
}

function tooMany(group: Group): InputError {
  const { source, line } = (group[0] as Candidate).origin;
  return new InputError(
    `${source}: line ${line}: its prompt has ${group.length} responses, which make more than a million pairs. Use pairs: 'adjacent', or a larger margin.`,
  );
}
