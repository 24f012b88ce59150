import { expect, test } from 'vitest';
import { rowsOf } from '../../test/rows';
import { requireBothClasses, toBinary } from '../classes/binarise';
import { classCounts, keepShares } from '../classes/imbalance';
import { joinVotes } from '../classes/votes';
import { splitByTime } from '../split/time_split';
import { Tally } from '../tally';
import { readFeedback } from './feedback_file';

/** A log as a CSV file gives it: every value a text. Ten days, four questions a day, three users each. */
const log = Array.from({ length: 120 }, (_, i) => {
  const [day, question, user] = [Math.floor(i / 12), Math.floor(i / 3) % 40, i % 3];
  return {
    question: `q${question}`,
    answer: `a${question}`,
    thumb: (question + (user === 2 ? 1 : 0)) % 2 === 0 ? 'True' : 'False',
    user_id: `${user}`,
    created_at: new Date(Date.UTC(2025, 0, 1 + day, user)).toISOString(),
  };
});
const columns = { prompt: 'question', response: 'answer', label: 'thumb', user: 'user_id', time: 'created_at' };

test('from a product’s log to examples on both sides of a cut, every row accounted for', async () => {
  const [read, voted, split, kept] = [new Tally(), new Tally(), new Tally(), new Tally()];
  const again = { ...log[0], thumb: 'False', created_at: '2025-01-01T23:00' };
  const feedback = await readFeedback(rowsOf([...log, again, { ...log[1], answer: '' }]), read, { columns });
  expect(read.counts()).toMatchObject({ read: 122, kept: 121, dropped: { 'empty response': 1 } });

  const votes = joinVotes(toBinary(feedback), voted);
  // Two of three users agree on each answer; the first one's second thought turns the first answer's vote.
  expect(voted.counts()).toMatchObject({
    read: 121,
    kept: 40,
    dropped: {
      'replaced by the same user’s later vote': 1,
      'contradictory: outvoted': 40,
      'joined: the same vote on the same response': 40,
    },
  });
  expect(classCounts(votes)).toEqual({ desirable: 19, undesirable: 21 });

  const { train, heldOut, cut } = splitByTime(votes, { share: 0.2 }, split);
  expect([train.length, heldOut.length, new Date(cut).toISOString()]).toEqual([32, 8, '2025-01-09T00:00:00.000Z']);
  const balanced = keepShares(train, { keepUndesirable: 0.5, seed: 1 }, kept);
  requireBothClasses(balanced);
  expect(classCounts(balanced)).toEqual({ desirable: 15, undesirable: 9 });
});
