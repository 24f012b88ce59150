import { inProcess } from '@halokit/distributed';
import type { ScoreTexts } from '@halokit/evaluation';
import { expect, test } from 'vitest';
import { scoringRanks } from './score_together';

/** Its length is its score. */
const ofLength: ScoreTexts = async (texts) => texts.map(({ response }) => response.length);
const textsOf = (...lengths: number[]) => lengths.map((length) => ({ prompt: 'p', response: 'x'.repeat(length) }));
const never = new AbortController().signal;

/** So many ranks, with what each of them was asked. */
function ranks(size: number, signals: readonly AbortSignal[] = [], onStop = () => {}) {
  return inProcess(size).map((communicator, rank) => {
    const asked: number[] = [];
    const score: ScoreTexts = (texts) => {
      asked.push(texts.length);
      return ofLength(texts);
    };
    const own = { name: 'rm', fingerprint: 'a', score };
    const scoring = scoringRanks(
      { rank, size, first: rank === 0, communicator },
      signals[rank] ?? never,
      rank === 0 ? onStop : () => {},
    );
    return { scoring, own, asked };
  });
}

test('each rank scores a share, and rank 0 has all scores in their order', async () => {
  const [leader, ...others] = ranks(3);
  const followed = others.map(({ scoring, own }) => scoring.follow(own));
  const score = leader?.scoring.lead(leader.own) as ScoreTexts;
  // Two at once, the second with fewer texts than there are ranks.
  expect(await Promise.all([score(textsOf(5, 1, 4, 2, 3, 0, 7)), score(textsOf(9, 8))])).toEqual([
    [5, 1, 4, 2, 3, 0, 7],
    [9, 8],
  ]);
  await leader?.scoring.end();
  await Promise.all(followed);
  expect([leader?.asked, ...others.map(({ asked }) => asked)]).toEqual([[2], [2, 1], [3, 1]]);
});

test('rank 0 hears from another rank that it was asked to stop, and all are let go when the scores are there', async () => {
  const asked = new AbortController();
  let heard = 0;
  const [leader, other] = ranks(2, [never, asked.signal], () => heard++);
  const followed = other?.scoring.follow(other.own);
  const score = leader?.scoring.lead(leader.own) as ScoreTexts;
  await score(textsOf(1, 2));
  expect(heard).toBe(0);
  asked.abort();
  const scores = score(textsOf(3, 4));
  // As a judge does that does not wait for what it asked last.
  await leader?.scoring.end();
  await followed;
  expect([await scores, heard]).toEqual([[3, 4], 1]);
});

test('a rank with another model says so, and where scoring has failed nobody is told that it is over', async () => {
  const [leader, other] = ranks(2);
  const followed = other?.scoring.follow({ ...other.own, fingerprint: 'b' });
  const broken = { name: 'rm', fingerprint: 'a', score: () => Promise.reject(new Error('broken')) };
  const score = leader?.scoring.lead(broken) as ScoreTexts;
  await expect(score(textsOf(1, 2))).rejects.toThrow('broken');
  await expect(followed).rejects.toThrow('rm: is another model here than on rank 0.');
  await expect(leader?.scoring.end()).rejects.toThrow('broken');
});
