import { expect, test, vi } from 'vitest';
import { InputError } from '../input_error';
import { Tally } from '../tally';
import { memoryLabelCache } from './label_cache';
import { type LabelOptions, labelTexts } from './label_texts';
import type { LabelProgress, LabelRetry } from './score_options';
import { functionScorer, type Scorer, ScoringError } from './scorer';

interface Example {
  readonly response: string;
  readonly line: number;
}

const examplesOf = (texts: readonly string[]): Example[] => texts.map((response, i) => ({ response, line: i + 1 }));
const quick = { backoff: 1, longestWait: 20 } as const;
const low = { desirable: 'low', threshold: 'median' } as const;

async function label(texts: readonly string[], scorer: Scorer, options: Partial<LabelOptions<Example>> = {}) {
  const tally = new Tally();
  const labelled = await labelTexts(examplesOf(texts), scorer, { ...low, ...quick, ...options }, tally);
  return { ...labelled, up: labelled.examples.map(({ desirable }) => desirable), counts: tally.counts() };
}

const length = functionScorer('length', async (text) => text.length);

test('a function’s scores become thumbs, in order, whatever order the answers come in', async () => {
  const slowFirst = functionScorer('slow first', async (text) => {
    await new Promise((resolve) => setTimeout(resolve, 40 - 10 * text.length));
    return text.length;
  });
  const { examples, scores, threshold, counts } = await label(['x', 'xx', 'xxx'], slowFirst, { concurrency: 3 });
  expect(examples).toEqual([
    { response: 'x', line: 1, desirable: true },
    { response: 'xx', line: 2, desirable: true },
    { response: 'xxx', line: 3, desirable: false },
  ]);
  expect([scores, threshold]).toEqual([[1, 2, 3], 2]);
  expect(counts).toEqual({ read: 3, kept: 3, dropped: {}, repaired: {} });
});

test('by a number or the mean, high or low', async () => {
  const texts = ['x', 'xx', 'xxx', 'xxxxxxxxxx'];
  expect((await label(texts, length, { threshold: 3, desirable: 'high' })).up).toEqual([false, false, true, true]);
  expect((await label(texts, length, { threshold: 'mean' })).up).toEqual([true, true, true, false]);
  const dropped = await label(['x', 'xx', 'xxx'], length, { atThreshold: 'drop' });
  expect(dropped.up).toEqual([true, false]);
  expect(dropped.counts.dropped).toEqual({ 'at the threshold': 1 });
});

test('a text that occurs twice is asked for once, and weighs twice', async () => {
  const score = vi.fn((text: string) => text.length);
  const { threshold } = await label(['x', 'xxxx', 'x', 'x'], functionScorer('length', score), { threshold: 'mean' });
  expect(score.mock.calls.map(([text]) => text)).toEqual(['x', 'xxxx']);
  expect(threshold).toBe(7 / 4);
});

test('the text may be more than the response', async () => {
  const { scores } = await label(['x'], length, { textOf: ({ response, line }) => `${line}: ${response}` });
  expect(scores).toEqual([4]);
});

test('no more requests at a time than stated', async () => {
  let now = 0;
  let most = 0;
  const scorer = functionScorer('busy', async (text) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, 2));
    now -= 1;
    return text.length;
  });
  await label(
    Array.from({ length: 20 }, (_, i) => `${i}`),
    scorer,
    { concurrency: 3 },
  );
  expect(most).toBe(3);
});

test('what fails is asked again, and the retries are told', async () => {
  const attempts = new Map<string, number>();
  const flaky = functionScorer('flaky', async (text) => {
    const attempt = (attempts.get(text) ?? 0) + 1;
    attempts.set(text, attempt);
    if (attempt < 3) throw attempt === 1 ? new TypeError('odd') : new Error('later');
    return text.length;
  });
  const told: LabelRetry[] = [];
  const { scores } = await label(['x', 'xx'], flaky, { onRetry: (retry) => told.push(retry) });
  expect(scores).toEqual([1, 2]);
  expect([...attempts.values()]).toEqual([3, 3]);
  expect(told.map(({ attempt }) => attempt).sort()).toEqual([1, 1, 2, 2]);
  expect(told[0]?.error.message).toBe('flaky: failed: odd');
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], ['0.5'], [undefined], [null]])(
  'the score %s is none',
  async (score) => {
    const odd = functionScorer('odd', async () => score as number);
    await expect(label(['x'], odd, { retries: 1 })).rejects.toThrow('odd: gave a score that is no finite number');
  },
);

test('a batch is asked for as one, and too few scores are none', async () => {
  const batches: number[] = [];
  const scorer: Scorer = {
    name: 'batches',
    batchSize: 3,
    score: async (texts) => {
      batches.push(texts.length);
      return texts.map(({ length }) => length);
    },
  };
  const texts = ['a', 'bb', 'ccc', 'dddd', 'eeeee'];
  expect((await label(texts, scorer)).scores).toEqual([1, 2, 3, 4, 5]);
  expect(batches).toEqual([3, 2]);
  const short = { ...scorer, score: async () => [1, 2] };
  await expect(label(texts, short, { retries: 0 })).rejects.toThrow(
    'batches: gave no list of scores as long as that of the texts, 3: [1,2]',
  );
});

test('when one text fails for good the run stops, and what was scored is not asked again', async () => {
  const cache = memoryLabelCache();
  const asked: string[] = [];
  let broken = true;
  const scorer = functionScorer('length', async (text) => {
    asked.push(text);
    if (broken && text === 'bad') throw new ScoringError('length: no', { retry: false });
    return text.length;
  });
  const texts = ['a', 'bb', 'bad', 'cccc', 'ddddd', 'eeeeee'];
  await expect(label(texts, scorer, { cache, concurrency: 1 })).rejects.toThrow('length: no');
  const before = [...asked];
  expect(before.length).toBeLessThan(texts.length);
  broken = false;
  const { scores } = await label(texts, scorer, { cache, concurrency: 1 });
  expect(scores).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...asked].sort()).toEqual([...texts, 'bad'].sort());
});

test('or the examples with it are dropped and counted, the others of its batch not', async () => {
  const scorer: Scorer = {
    name: 'picky',
    batchSize: 4,
    score: async (texts) => {
      if (texts.includes('bad')) throw new ScoringError('picky: no', { retry: false });
      return texts.map(({ length }) => length);
    },
  };
  const progress: LabelProgress[] = [];
  const onProgress = (event: LabelProgress) => progress.push(event);
  const { examples, counts } = await label(['a', 'bb', 'bad', 'ccc', 'bad', 'dddd'], scorer, {
    onFailure: 'drop',
    onProgress,
  });
  expect(examples.map(({ line }) => line)).toEqual([1, 2, 4, 6]);
  expect(counts).toMatchObject({ read: 6, kept: 4, dropped: { 'the scorer gave no score': 2 } });
  expect(progress.at(-1)).toEqual({ total: 5, done: 4, cached: 0, failed: 1 });
  await expect(label(['bad'], scorer, { onFailure: 'drop' })).rejects.toThrow('picky: scored none of 1 examples');
});

/** As another package has it: a class of its own, by the same name. */
class ForeignInputError extends Error {
  override readonly name = 'InputError';
}

test.each([InputError, ForeignInputError])(
  'an %s ends the run at once, even where failures are dropped',
  async (Kind) => {
    const score = vi.fn(() => {
      throw new Kind('no key');
    });
    await expect(
      label(['a', 'b', 'c'], functionScorer('x', score), { onFailure: 'drop', concurrency: 1 }),
    ).rejects.toThrow('no key');
    expect(score).toHaveBeenCalledTimes(1);
  },
);

test('a scorer that hangs and does not listen is left behind', async () => {
  let calls = 0;
  const hangs = functionScorer('hangs', () => {
    calls += 1;
    return calls === 1 ? new Promise<number>(() => {}) : 1;
  });
  expect((await label(['a'], hangs, { timeout: 20 })).scores).toEqual([1]);
  const always = functionScorer('always', () => new Promise<number>(() => {}));
  await expect(label(['a'], always, { timeout: 5, retries: 1 })).rejects.toThrow('always: no answer within 5 ms');
});

test('an abort ends waits and requests, and a second run goes on where it stopped', async () => {
  const cache = memoryLabelCache();
  const stop = new AbortController();
  const asked: string[] = [];
  const scorer = functionScorer('length', async (text, signal) => {
    asked.push(text);
    if (text !== 'hangs' || asked.filter((one) => one === text).length > 1) return text.length;
    setTimeout(() => stop.abort(new Error('enough')), 10);
    return new Promise<number>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const texts = ['a', 'bb', 'hangs', 'cccc'];
  await expect(label(texts, scorer, { cache, concurrency: 1, signal: stop.signal })).rejects.toThrow('enough');
  expect(asked).toEqual(['a', 'bb', 'hangs']);
  await label(texts, scorer, { cache, concurrency: 1 });
  expect(asked.sort()).toEqual([...texts, 'hangs'].sort());
  await expect(label(texts, scorer, { signal: stop.signal })).rejects.toThrow('enough');
});

test('an abort does not wait for a back-off', async () => {
  const stop = new AbortController();
  const fails = functionScorer('fails', async () => {
    setTimeout(() => stop.abort(new Error('enough')), 5);
    throw new ScoringError('fails', { retryAfter: 50_000 });
  });
  const start = performance.now();
  const patient = { backoff: 50_000, longestWait: 50_000, signal: stop.signal };
  await expect(label(['a'], fails, patient)).rejects.toThrow('enough');
  expect(performance.now() - start).toBeLessThan(5000);
});

test('progress tells of the cache, and ends complete', async () => {
  const cache = memoryLabelCache();
  await label(['a', 'bb'], length, { cache });
  const progress: LabelProgress[] = [];
  await label(['a', 'bb', 'ccc', 'a'], length, { cache, onProgress: (event) => progress.push(event) });
  expect(progress).toEqual([
    { total: 3, done: 2, cached: 2, failed: 0 },
    { total: 3, done: 3, cached: 2, failed: 0 },
  ]);
});

test('another scorer’s scores are not taken from the cache', async () => {
  const cache = memoryLabelCache();
  await label(['a', 'bb'], length, { cache });
  expect(
    (
      await label(
        ['a', 'bb'],
        functionScorer('zero', () => 0),
        { cache },
      )
    ).scores,
  ).toEqual([0, 0]);
});

test('a cache that cannot be written, or a listener that throws, ends the run with that', async () => {
  const score = vi.fn((text: string) => text.length);
  const full = { get: () => undefined, set: () => Promise.reject(new Error('disk full')) };
  await expect(label(['a'], functionScorer('x', score), { cache: full })).rejects.toThrow('disk full');
  expect(score).toHaveBeenCalledTimes(1);
  const onProgress = ({ done }: LabelProgress) => {
    if (done > 0) throw new Error('listener');
  };
  await expect(label(['a', 'b'], functionScorer('x', score), { onProgress })).rejects.toThrow('listener');
});

test.each([
  [{ concurrency: 0 }, 'concurrency: must be a whole number from 1, not 0'],
  [{ retries: -1 }, 'retries: must be a whole number from 0'],
  [{ timeout: 0 }, 'timeout: must be milliseconds above 0'],
  [{ backoff: Number.NaN }, 'backoff: must be milliseconds'],
  [{ onFailure: 'skip' }, 'onFailure: must be "stop" or "drop", not skip'],
  [{ threshold: 'mode' }, 'threshold: must be'],
  [{ desirable: undefined }, 'desirable: must say which numbers are'],
])('%j is refused before anything is asked', async (options, message) => {
  const score = vi.fn(() => 1);
  await expect(label(['a'], functionScorer('x', score), options as Partial<LabelOptions<Example>>)).rejects.toThrow(
    message,
  );
  expect(score).not.toHaveBeenCalled();
});
