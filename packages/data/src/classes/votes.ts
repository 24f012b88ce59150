import type { Binary } from '../feedback';
import { promptKey } from '../split/prompt_key';
import type { Tally } from '../tally';

/**
 * Votes on the same prompt and response as one example, where most of them put it, in the order of first appearance.
 *
 * A user's later vote on them replaces the earlier one: later by `time` where both have one, otherwise further down.
 * Votes without a `user` each count as somebody's own. The example is the first of the votes on the winning side.
 *
 * Dropped, and counted: votes that were replaced, that were on the losing side, that agree with the one that stays, and
 * all votes of a tie.
 */
export function joinVotes<T extends Binary>(votes: readonly T[], tally: Tally): T[] {
  const ballots = new Map<string, T[]>();
  for (const vote of votes) {
    const key = JSON.stringify([promptKey(vote.prompt), vote.response]);
    const ballot = ballots.get(key);
    if (ballot) ballot.push(vote);
    else ballots.set(key, [vote]);
  }
  return [...ballots.values()].flatMap((ballot) => decide(ballot, tally));
}

function decide<T extends Binary>(ballot: readonly T[], tally: Tally): T[] {
  const standing = lastOfEachUser(ballot);
  const drop = (count: number, reason: string) => {
    for (let i = 0; i < count; i++) tally.drop(reason);
  };
  drop(ballot.length - standing.length, 'replaced by the same user’s later vote');
  const up = standing.filter(({ desirable }) => desirable);
  const down = standing.filter(({ desirable }) => !desirable);
  if (up.length === down.length) {
    drop(standing.length, 'tied votes');
    return [];
  }
  const [won, lost] = up.length > down.length ? [up, down] : [down, up];
  drop(lost.length, 'contradictory: outvoted');
  drop(won.length - 1, 'joined: the same vote on the same response');
  tally.keep();
  return won.slice(0, 1);
}

function lastOfEachUser<T extends Binary>(ballot: readonly T[]): readonly T[] {
  const last = new Map<string, T>();
  for (const vote of ballot) {
    if (vote.user === undefined) continue;
    const before = last.get(vote.user);
    if (!before || !isEarlier(vote, before)) last.set(vote.user, vote);
  }
  return ballot.filter((vote) => vote.user === undefined || last.get(vote.user) === vote);
}

function isEarlier(vote: Binary, before: Binary): boolean {
  return vote.time !== undefined && before.time !== undefined && vote.time < before.time;
}
