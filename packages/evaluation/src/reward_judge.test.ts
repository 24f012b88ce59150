import '@tensorflow/tfjs';
import { addRewardHead, disposeModel, hiddenStates } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { brokenModel, ids, tinyModel } from '../test/tiny_models';
import { rewardJudge, rewardScores } from './reward_judge';
import { winRate } from './win_rate';

beforeAll(() => tf.setBackend('cpu'));

test('a score is the head’s weights times the last hidden state, worked by hand', async () => {
  const model = addRewardHead(tinyModel(3), { seed: 1 });
  const rows = [
    { prompt: ids(3, 4), response: ids(5, 6, 7) },
    { prompt: ids(3, 4), response: ids(8) },
  ];
  const scores = await rewardScores(model, rows);
  const head = model.weights.get('score.weight') as tf.Variable;
  const weight = await head.data();
  for (const [i, { prompt, response }] of rows.entries()) {
    const states = hiddenStates(model, tf.tensor2d([[...prompt, ...response]], undefined, 'int32'));
    const last = ((await states.array())[0] as number[][]).at(-1) as number[];
    const byHand = last.reduce((sum, x, j) => sum + x * (weight[j] as number), 0);
    expect(scores[i]).toBeCloseTo(byHand, 5);
  }
  expect(scores[0]).not.toBe(scores[1]);
  head.dispose();
});

test('a row that cannot be read, a model without a head and one that is broken are named', async () => {
  const row = { prompt: ids(3), response: ids(5) };
  await expect(rewardScores(tinyModel(3), [row])).rejects.toThrow('needs a reward head');
  await expect(rewardScores(tinyModel(3), [row, { ...row, response: ids() }])).rejects.toThrow('response of text 1');
  const broken = addRewardHead(brokenModel(), { seed: 1 });
  await expect(rewardScores(broken, [row])).rejects.toThrow('score of text 0 is NaN');
  disposeModel({ weights: new Map([...broken.weights].filter(([name]) => name.startsWith('score'))) });
});

test('the higher score wins, equal ones tie; texts are scored together, and once', async () => {
  const batches: string[][] = [];
  const judge = rewardJudge(async (texts) => {
    batches.push(texts.map(({ prompt, response }) => `${prompt}: ${response}`));
    return texts.map(({ response }) => response.length);
  });
  const result = await winRate({
    prompts: ['p', 'q', 'r', 's'],
    candidates: ['aaa', 'a', 'bb', 'a'],
    baselines: ['bb', 'bb', 'bb', 'b'],
    judge,
    concurrency: 4,
  });
  expect(result).toMatchObject({ wins: 1, losses: 1, ties: 2, orderDependent: 0 });
  expect(result.outcomes).toEqual(['win', 'loss', 'tie', 'tie']);
  expect(batches).toEqual([['p: aaa', 'p: bb', 'q: a', 'q: bb', 'r: bb', 's: a', 's: b']]);
});

test('it says both scores, and tells prompts apart by their turns', async () => {
  const turns = (role: 'user' | 'assistant') => [{ role, content: 'p' }];
  const judge = rewardJudge(async (texts) => texts.map(({ turns }) => (turns?.[0]?.role === 'user' ? 1.5 : -2)));
  const ask = (role: 'user' | 'assistant') => judge({ prompt: 'p', turns: turns(role), first: 'a', second: 'b' });
  const said = [1.5, -2].map((x) => ({ verdict: 'tie', said: `${x} for the first, ${x} for the second` }));
  expect(await Promise.all([ask('user'), ask('assistant')])).toEqual(said);
});

test('what goes wrong while scoring goes to whoever asked', async () => {
  const judge = rewardJudge(async () => {
    throw new Error('no memory');
  });
  const question = { prompt: 'p', first: 'a', second: 'b' };
  await expect(judge(question)).rejects.toThrow('no memory');
});
