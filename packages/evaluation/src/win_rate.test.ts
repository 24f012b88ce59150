import { expect, test } from 'vitest';
import { type Judge, winRate } from './win_rate';

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
  expect(result).toMatchObject({
    wins: 2,
    ties: 1,
    losses: 1,
    orderDependent: 0,
    outcomes: ['win', 'loss', 'win', 'tie'],
  });
  expect(result.rate.value).toBe(2.5 / 4);
});

test('a judge that prefers a place says nothing but ties', async () => {
  const same = ['x', 'x', 'x', 'x'];
  const result = await winRate({ prompts, candidates: same, baselines: same, judge: () => 'first' });
  expect(result).toMatchObject({ wins: 0, ties: 4, losses: 0, orderDependent: 4 });
  expect(result.rate.value).toBe(0.5);
});

test('one order decided and the other tied is a win', async () => {
  const judge: Judge = ({ first }) => (first === 'good' ? 'first' : 'tie');
  const result = await winRate({ prompts: ['p'], candidates: ['good'], baselines: ['bad'], judge });
  expect(result.wins).toBe(1);
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

test('a judge that fails names the prompt; lists must match', async () => {
  const judge: Judge = ({ prompt }) => {
    if (prompt === 'q') throw new Error('no answer');
    return 'tie';
  };
  const same = ['x', 'x', 'x', 'x'];
  await expect(winRate({ prompts, candidates: same, baselines: same, judge })).rejects.toThrow('prompt 1: no answer');
  await expect(winRate({ prompts, candidates: [], baselines: same, judge })).rejects.toThrow('4 prompts, 0 candidates');
});
