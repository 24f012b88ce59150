import { expect, test } from 'vitest';
import { JudgingStopped, judgeBothOrders, type Question, type Verdict } from './both_orders';

const prompts = Array.from({ length: 12 }, (_, i) => `prompt ${i}`);
const contest = { prompts, candidates: prompts.map(() => 'mine'), baselines: prompts.map(() => 'theirs') };
const silent = (verdict: Verdict) => ({ verdict, said: '' });
const after = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('both orders are asked, each once', async () => {
  const asked: Question[] = [];
  const judge = (question: Question): Verdict => {
    asked.push(question);
    return question.first === 'mine' ? 'first' : 'tie';
  };
  const verdicts = await judgeBothOrders({ prompts: ['p'], candidates: ['mine'], baselines: ['theirs'], judge });
  expect(asked).toEqual([
    { prompt: 'p', first: 'mine', second: 'theirs' },
    { prompt: 'p', first: 'theirs', second: 'mine' },
  ]);
  expect(verdicts).toEqual([{ ahead: silent('first'), behind: silent('tie') }]);
});

test('what a judge says beside its verdict is kept, and it is shown the turns where there are any', async () => {
  const turns = [[{ role: 'user', content: 'p' }]] as const;
  const judge = ({ turns, first }: Question) =>
    ({ verdict: first === 'mine' ? 'first' : 'unparsable', said: `${turns?.[0]?.content} ${first}` }) as const;
  const contest = { prompts: ['p'], turns, candidates: ['mine'], baselines: ['theirs'], judge };
  expect(await judgeBothOrders(contest)).toEqual([
    { ahead: { verdict: 'first', said: 'p mine' }, behind: { verdict: 'unparsable', said: 'p theirs' } },
  ]);
  await expect(judgeBothOrders({ ...contest, turns: [] })).rejects.toThrow('1 prompts, the turns of 0, 1 candidates');
});

test('verdicts keep their prompt when they come out of order, and no more are asked at once than allowed', async () => {
  const said: Verdict[] = ['first', 'tie', 'second'];
  let [open, most] = [0, 0];
  const finished: number[] = [];
  const judge = async ({ prompt, first }: Question): Promise<Verdict> => {
    const i = Number(prompt.slice(7));
    most = Math.max(most, ++open);
    // The earlier of four neighbours answers later.
    await after(3 * (4 - (i % 4)));
    open -= 1;
    if (first === 'theirs') finished.push(i);
    return said[i % 3] as Verdict;
  };
  const done: number[] = [];
  const verdicts = await judgeBothOrders({ ...contest, judge, concurrency: 4, onProgress: (n) => done.push(n) });
  const expected = prompts.map((_, i) => silent(said[i % 3] as Verdict));
  expect(verdicts).toEqual(expected.map((judgment) => ({ ahead: judgment, behind: judgment })));
  expect(finished).not.toEqual([...prompts.keys()]);
  expect([...finished].sort((a, b) => a - b)).toEqual([...prompts.keys()]);
  expect(done).toEqual(prompts.map((_, i) => i + 1));
  expect(most).toBe(4);
});

test('a failure names its prompt, stops the asking, and waits for what was asked', async () => {
  let [asked, answered] = [0, 0];
  const judge = async ({ prompt }: Question): Promise<Verdict> => {
    asked += 1;
    await after(prompt === 'prompt 1' ? 2 : 12);
    answered += 1;
    if (prompt === 'prompt 1' || prompt === 'prompt 2') throw new Error('no answer');
    return 'tie';
  };
  await expect(judgeBothOrders({ ...contest, judge, concurrency: 3 })).rejects.toThrow(
    'The judge failed on prompt 1: no answer',
  );
  // Prompt 0 in both orders, 1 and 2 in one each.
  expect([asked, answered]).toEqual([4, 4]);
});

test('a judge that says something else, or throws something else, is a failure too', async () => {
  const says = (verdict: string) => judgeBothOrders({ ...contest, judge: () => JSON.parse(verdict) });
  await expect(says('"A"')).rejects.toThrow(
    'The judge failed on prompt 0: it said "A" instead of "first", "second", "tie" or "unparsable"',
  );
  await expect(says('{"verdict":"tie"}')).rejects.toThrow('it said {"verdict":"tie"}');
  await expect(says('null')).rejects.toThrow('it said null');
  const judge = () => Promise.reject('rate limit');
  await expect(judgeBothOrders({ ...contest, judge })).rejects.toThrow('prompt 0: rate limit');
});

test('an input error stays one, with its cause', async () => {
  const cause = Object.assign(new Error('no key'), { name: 'InputError' });
  const judge = () => Promise.reject(cause);
  await expect(judgeBothOrders({ ...contest, judge })).rejects.toMatchObject({ name: 'InputError', cause });
});

test('a judge that stops is no failure on a prompt, and a signal ends the asking', async () => {
  const stopped = new JudgingStopped('the budget is spent');
  const judge = async ({ prompt }: Question): Promise<Verdict> => {
    await after(prompt === 'prompt 3' ? 4 : 1);
    if (prompt === 'prompt 2') throw new Error('no answer');
    if (prompt === 'prompt 3') throw stopped;
    return 'tie';
  };
  await expect(judgeBothOrders({ ...contest, judge, concurrency: 4 })).rejects.toBe(stopped);

  const controller = new AbortController();
  const asked: string[] = [];
  const stop = ({ prompt }: Question): Verdict => {
    asked.push(prompt);
    if (prompt === 'prompt 1') controller.abort('enough');
    return 'tie';
  };
  await expect(judgeBothOrders({ ...contest, judge: stop, signal: controller.signal })).rejects.toBe('enough');
  expect(asked).toEqual(['prompt 0', 'prompt 0', 'prompt 1', 'prompt 1']);
});

test('lists must match, and somebody must ask', async () => {
  const judge = () => 'tie' as const;
  await expect(judgeBothOrders({ ...contest, candidates: [], judge })).rejects.toThrow(
    '12 prompts, 0 candidates and 12 baselines',
  );
  await expect(judgeBothOrders({ ...contest, concurrency: 0, judge })).rejects.toThrow('concurrency is 0');
});
