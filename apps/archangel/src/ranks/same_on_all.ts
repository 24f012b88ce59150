import { gatherTexts } from '@halokit/distributed';
import { InputError } from '../input_error';
import { onEveryRank } from './agreed';
import { currentRanks, type Ranks } from './ranks';

/** Something that has to be the same on every rank. */
export interface Fact {
  /** As a sentence has it: `learningRate`, `the file thumbs.jsonl`. */
  readonly what: string;
  /** In short, and the same only where the thing is. */
  readonly value: string;
  /** What to do where it is not. */
  readonly fix: string;
}

/**
 * Holds what every rank has to have in common against what rank 0 has. Called by all.
 *
 * @throws InputError, on all, that names the first difference: the rank, its host, both values, and what to do
 */
export async function requireSameOnAll(facts: readonly Fact[], ranks: Ranks = currentRanks()): Promise<void> {
  const { communicator, job } = ranks;
  if (!communicator) return;
  const all = (await gatherTexts(communicator, JSON.stringify(facts))).map((text): Fact[] => JSON.parse(text));
  const different = firstDifference(all, job?.hosts ?? []);
  if (different !== undefined) throw onEveryRank(new InputError(different));
}

/** @param all each rank's facts @param hosts each rank's */
export function firstDifference(all: readonly (readonly Fact[])[], hosts: readonly string[]): string | undefined {
  const [first = [], ...others] = all;
  const [ofFirst, ...ofOthers] = [first, ...others].map((facts) => new Map(facts.map((fact) => [fact.what, fact])));
  for (const [i, own] of ofOthers.entries()) {
    for (const { what, fix } of [...first, ...own.values()]) {
      const [here, there] = [ofFirst?.get(what)?.value, own.get(what)?.value];
      if (here === there) continue;
      const of = (rank: number, value = 'absent') =>
        `${value} on rank ${rank}${hosts[rank] ? ` (${hosts[rank]})` : ''}`;
      return `${what} is ${of(0, here)} and ${of(i + 1, there)}. ${fix}`;
    }
  }
  return undefined;
}
