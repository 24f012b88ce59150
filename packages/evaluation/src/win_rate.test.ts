import { expect, test } from 'vitest';
import type { Judge, Verdict } from './both_orders';
import { wilson } from './statistics/wilson';
import { winRate, winRateWithoutTies } from './win_rate';

const longer: Judge = ({ first, second }) =>
  first.length > second.length ? 'first' : first.length < second.length ? 'second' : 'tie';

const prompts = ['p', 'q', 'r', 's'];

test('wins, ties and losses, and the interval with ties half', async () => {
  const result = await winRate({
    prompts,
    candidates: ['aa', 'a', 'aaa', 'a'],
    baselines: ['b', 'bb', 'b', 'b'],
    judge: longer,
  });
  expect(result).toEqual({
    rate: wilson(2.5, 4),
    wins: 2,
    ties: 1,
    losses: 1,
    unparsable: 0,
    orderDependent: 0,
    outcomes: ['win', 'loss', 'win', 'tie'],
    judgments: [
      { ahead: { verdict: 'first', said: '' }, behind: { verdict: 'second', said: '' } },
      { ahead: { verdict: 'second', said: '' }, behind: { verdict: 'first', said: '' } },
      { ahead: { verdict: 'first', said: '' }, behind: { verdict: 'second', said: '' } },
      { ahead: { verdict: 'tie', said: '' }, behind: { verdict: 'tie', said: '' } },
    ],
  });
  expect(winRateWithoutTies(result)).toEqual(wilson(2, 3));
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});

test('a judge that prefers a place says nothing but ties', async () => {
  const same = ['x', 'x', 'x', 'x'];
  const result = await winRate({ prompts, candidates: same, baselines: same, judge: () => 'first' });
  expect(result).toMatchObject({ wins: 0, ties: 4, losses: 0, orderDependent: 4 });
  expect(result.rate.value).toBe(0.5);
  expect(winRateWithoutTies(result)).toEqual({ value: 0.5, low: 0, high: 1, n: 0 });
});

// What is said with the candidate first, and with it second.
test.each<[Verdict, Verdict, string, number]>([
  ['first', 'second', 'win', 0],
  ['first', 'tie', 'win', 0],
  ['tie', 'second', 'win', 0],
  ['tie', 'tie', 'tie', 0],
  ['first', 'first', 'tie', 1],
  ['second', 'second', 'tie', 1],
  ['second', 'tie', 'loss', 0],
  ['tie', 'first', 'loss', 0],
  ['second', 'first', 'loss', 0],
  ['unparsable', 'second', 'unparsable', 0],
  ['first', 'unparsable', 'unparsable', 0],
  ['unparsable', 'unparsable', 'unparsable', 0],
])('%s, then %s: a %s', async (ahead, behind, outcome, orderDependent) => {
  const judge: Judge = ({ first }) => (first === 'mine' ? ahead : behind);
  const result = await winRate({ prompts: ['p'], candidates: ['mine'], baselines: ['theirs'], judge });
  expect(result).toMatchObject({ outcomes: [outcome], orderDependent });
});

test('an answer without a verdict is no tie: it is counted and in no rate', async () => {
  const speechless: Judge = (question) =>
    question.first === 'aaa' ? { verdict: 'unparsable', said: 'Both are nice.' } : longer(question);
  const result = await winRate({
    prompts,
    candidates: ['aa', 'aa', 'aaa', 'a'],
    baselines: ['b', 'b', 'b', 'b'],
    judge: speechless,
  });
  expect(result).toMatchObject({ rate: wilson(2.5, 3), wins: 2, ties: 1, losses: 0, unparsable: 1 });
  expect(winRateWithoutTies(result)).toEqual(wilson(2, 2));
  expect(result.judgments[2]?.ahead).toEqual({ verdict: 'unparsable', said: 'Both are nice.' });
});

test('exchanging the sides exchanges wins and losses', async () => {
  const [a, b] = [
    ['aa', 'a', 'aaa', 'a'],
    ['b', 'bb', 'b', 'b'],
  ];
  const forth = await winRate({ prompts, candidates: a, baselines: b, judge: longer });
  const back = await winRate({ prompts, candidates: b, baselines: a, judge: longer });
  expect([back.wins, back.ties, back.losses]).toEqual([forth.losses, forth.ties, forth.wins]);
});

test('a judge that fails names the prompt', async () => {
  const judge: Judge = ({ prompt }) => {
    if (prompt === 'q') throw new Error('no answer');
    return 'tie';
  };
  await expect(winRate({ prompts, candidates: prompts, baselines: prompts, judge })).rejects.toThrow(
    'prompt 1: no answer',
  );
});
