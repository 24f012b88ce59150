import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test, vi } from 'vitest';
import {
  type Act,
  type Asked,
  cut,
  hungUp,
  judgeServer,
  prefersLonger,
  raw,
  responsesIn,
  says,
  silent,
  status,
} from '../../test/judge_server';
import type { Judgment } from '../both_orders';
import { JudgingStopped } from '../both_orders';
import { winRate } from '../win_rate';
import { memoryAnswerCache } from './answer';
import { openAnswerCache } from './answer_cache';
import { type OpenAiJudgeOptions, openAiJudge } from './open_ai_judge';
import { readQuestionForm } from './read_question_form';

const question = await readQuestionForm('helpful_harmless_concise');
const quick = { model: 'local', question, backoff: 1, longestWait: 5, timeout: 2000 };
const asked = { prompt: 'p', first: 'longer', second: 'short' };

// Ten tokens are written for each answer, at one apiece; fifty would be the most.
const priced = { maxTokens: 50, prices: { input: 0, output: 1e6 } };

/** The answers in their order, the last one again and again. */
const inTurn =
  (...acts: Act[]) =>
  (request: number) =>
    acts[Math.min(request, acts.length - 1)] as Act;

async function judgmentOf(act: Act, options: Partial<OpenAiJudgeOptions> = {}) {
  const { endpoint, asked: requests } = await judgeServer(() => act);
  const { judge } = openAiJudge({ endpoint, ...quick, ...options });
  return { judgment: (await judge(asked)) as Judgment, requests };
}

test('what is sent, and what is said', async () => {
  const { judgment, requests } = await judgmentOf(prefersLonger, { seed: 7, apiKey: 'k' });
  expect(judgment).toEqual({ verdict: 'first', said: 'They differ in length.\n\nVerdict: A' });
  const [{ text, body, authorization }] = requests as [Asked];
  expect(responsesIn(text)).toEqual({ first: 'longer', second: 'short' });
  const { messages: _, ...settings } = body;
  expect(settings).toEqual({ model: 'local', max_tokens: 512, temperature: 0, seed: 7 });
  expect(authorization).toBe('Bearer k');
});

test('nothing is taken from the environment', async () => {
  for (const name of ['OPENAI_API_KEY', 'OPENAI_ORG_ID', 'OPENAI_PROJECT_ID', 'OPENAI_ADMIN_KEY'])
    vi.stubEnv(name, 'of-the-environment');
  vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/v1');
  vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'x-mine: of-the-environment');
  vi.stubEnv('OPENAI_LOG', 'debug');
  const printed = ['debug', 'info', 'log', 'warn', 'error'].map((name) => vi.spyOn(console, name as 'log'));
  const { requests } = await judgmentOf(prefersLonger, { temperature: 'default' });
  vi.unstubAllEnvs();
  expect(JSON.stringify(requests[0])).not.toContain('of-the-environment');
  expect(requests[0]).not.toHaveProperty('authorization', expect.anything());
  expect(requests[0]?.body).not.toHaveProperty('temperature');
  for (const print of printed) expect(print).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

test.each<[string, Act, string]>([
  ['words', says('Both are fine.'), 'Both are fine.'],
  ['nothing', says(''), ''],
  ['a verdict that was cut off', says('B says:\nVerdict: A', {}, 'length'), 'B says:\nVerdict: A'],
  ['a verdict behind a filter', says('Verdict: A', {}, 'content_filter'), 'Verdict: A'],
  ['a refusal', raw('{"choices":[{"message":{"content":null,"refusal":"I cannot."}}]}'), 'I cannot.'],
])('%s is unparsable and kept, and not asked again', async (_, act, said) => {
  const { judgment, requests } = await judgmentOf(act);
  expect(judgment).toEqual({ verdict: 'unparsable', said });
  expect(requests.length).toBe(1);
});

test.each<[string, Act]>([
  ['429', status(429)],
  ['429 without a body', (_, response) => response.writeHead(429).end()],
  ['500', status(500)],
  ['503 in HTML', (_, response) => response.writeHead(503).end('<html>')],
  ['408', status(408)],
  ['no JSON', raw('<html>')],
  ['JSON that is cut', raw('{"choices":[{"mess')],
  ['null', raw('null')],
  ['no choices', raw('{}')],
  ['choices that are none', raw('{"choices":"A"}')],
  ['no message', raw('{"choices":[{}]}')],
  ['a message without words', raw('{"choices":[{"message":{"content":null}}]}')],
  ['an error with status 200', raw('{"error":{"message":"overloaded"}}')],
  ['a connection that is cut', cut],
  ['a connection that is closed', hungUp],
])('%s is asked again', async (_, bad) => {
  const { endpoint, asked: requests } = await judgeServer(inTurn(bad, bad, prefersLonger));
  const { judge, spending } = openAiJudge({ endpoint, ...quick });
  expect(await judge(asked)).toMatchObject({ verdict: 'first' });
  expect(requests.length).toBe(3);
  expect(spending()).toEqual({ requests: 3, cached: 0, promptTokens: 100, completionTokens: 10 });
});

test('no answer in time is asked again', async () => {
  const slowly: Act = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write(' ');
  };
  const { endpoint, asked: requests } = await judgeServer(inTurn(silent, slowly, prefersLonger));
  const { judge, spending } = openAiJudge({ endpoint, ...quick, ...priced, timeout: 100 });
  expect(await judge(asked)).toMatchObject({ verdict: 'first' });
  // The two that were late may have been answered, and billed.
  expect([requests.length, spending().paid]).toEqual([3, 50 + 50 + 10]);
});

test('Retry-After is waited for by all, in seconds or in OpenAI’s milliseconds, but no longer than stated', async () => {
  const { endpoint, asked: requests } = await judgeServer(
    inTurn(status(429, { 'retry-after-ms': '120' }), prefersLonger),
  );
  const { judge } = openAiJudge({ endpoint, ...quick, longestWait: 500 });
  const first = judge(asked);
  while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setTimeout(resolve, 30));
  await Promise.all([first, judge({ ...asked, prompt: 'q' })]);
  for (const { time } of requests.slice(1)) expect(time - (requests[0]?.time ?? 0)).toBeGreaterThan(110);

  const patient = await judgeServer(inTurn(status(503, { 'retry-after': '86400' }), prefersLonger));
  const retries: string[] = [];
  const onRetry = ({ error, attempt }: { error: Error; attempt: number }) =>
    retries.push(`${attempt} ${error.message}`);
  await openAiJudge({ endpoint: patient.endpoint, ...quick, onRetry }).judge(asked);
  expect(retries).toEqual([expect.stringMatching(/^1 127\.0\.0\.1:\d+: answered "503 sorry"\.$/)]);
});

test('requests and their tokens are spread over the minute', async () => {
  const { endpoint, asked: requests } = await judgeServer(() => prefersLonger);
  const ask = async (options: object) => {
    requests.length = 0;
    const began = performance.now();
    const { judge } = openAiJudge({ endpoint, ...quick, maxTokens: 10, ...options });
    await Promise.all(['p', 'q', 'r'].map((prompt) => judge({ ...asked, prompt })));
    return (requests[2]?.time ?? 0) - began;
  };
  expect(await ask({ requestsPerMinute: 1200 })).toBeGreaterThan(90);
  // Well over 1,000 tokens each, by their bytes: 1.2 million a minute are one in 50 ms at most.
  expect(await ask({ tokensPerMinute: 1_200_000 })).toBeGreaterThan(90);
});

test.each<[string, Act, RegExp]>([
  [
    'a key that is refused',
    status(401, {}, { error: { message: 'Incorrect key: secret-1' } }),
    /answered "401 Incorrect key: \[key\]"\. Check the key/,
  ],
  ['a model that is none', status(404), /answered "404 sorry"\. Check the key, the address and the model/],
  [
    'a quota that is used up',
    status(429, {}, { error: { code: 'insufficient_quota', message: 'pay' } }),
    /answered "429 pay"\. Look at the account/,
  ],
])('%s is an InputError and not asked again', async (_, act, message) => {
  const { endpoint, asked: requests } = await judgeServer(() => act);
  const { judge } = openAiJudge({ endpoint, ...quick, apiKey: 'secret-1' });
  await expect(judge(asked)).rejects.toMatchObject({ name: 'InputError', message: expect.stringMatching(message) });
  expect(requests.length).toBe(1);
});

test('nobody is asked whom the endpoint names instead', async () => {
  const other = await judgeServer(() => prefersLonger);
  const { endpoint } = await judgeServer(() => status(307, { location: `${other.endpoint}/chat/completions` }));
  await expect(openAiJudge({ endpoint, ...quick }).judge(asked)).rejects.toThrow('answered "307');
  expect(other.asked).toEqual([]);
});

test('a question that is too long ends it, or is unparsable', async () => {
  const picky: Act = (one, response) => (one.text.includes('too long') ? status(400) : prefersLonger)(one, response);
  const { endpoint, asked: requests } = await judgeServer(() => picky);
  const long = { ...asked, second: 'too long' };
  await expect(openAiJudge({ endpoint, ...quick }).judge(long)).rejects.toMatchObject({
    name: 'EndpointError',
    refused: true,
  });
  expect(requests.length).toBe(1);
  const { judge } = openAiJudge({ endpoint, ...quick, onRefusal: 'unparsable' });
  expect(await judge(long)).toEqual({ verdict: 'unparsable', said: '' });
  expect(await judge(asked)).toMatchObject({ verdict: 'first' });
});

test('nobody at the address', async () => {
  const { endpoint, close } = await judgeServer(() => silent);
  await close();
  const { judge } = openAiJudge({ endpoint, ...quick, retries: 1 });
  await expect(judge(asked)).rejects.toThrow(
    /^127\.0\.0\.1:\d+: the request failed: .*ECONNREFUSED.*\. Does a server run there\?$/,
  );
});

test('whatever the server does, every pair is judged once in each order, and none is lost or mixed up', async () => {
  const faults = [status(500), status(429), raw('?'), raw('{}'), cut, hungUp];
  const answered = new Map<string, number>();
  const { endpoint, asked: requests } = await judgeServer((request) => (one, response) => {
    const kept = request === 10 || request === 12 ? silent : undefined;
    const fault = kept ?? (request % 3 === 1 ? faults[request % faults.length] : undefined);
    if (fault) return fault(one, response);
    answered.set(one.text, (answered.get(one.text) ?? 0) + 1);
    // Out of order.
    setTimeout(() => prefersLonger(one, response), (request * 7) % 20);
  });
  const prompts = Array.from({ length: 40 }, (_, i) => `prompt ${i}`);
  const candidates = prompts.map((_, i) => 'x'.repeat(1 + ((i * 5) % 7)));
  const baselines = prompts.map((_, i) => 'y'.repeat(1 + ((i * 3) % 7)));
  const cache = memoryAnswerCache();
  const run = () => {
    const { judge, spending } = openAiJudge({ endpoint, ...quick, retries: 30, cache });
    return winRate({ prompts, candidates, baselines, judge, concurrency: 6 }).then((result) => ({ result, spending }));
  };
  const { result, spending } = await run();
  const expected = prompts.map((_, i) => Math.sign(((i * 5) % 7) - ((i * 3) % 7)));
  expect(result.outcomes).toEqual(expected.map((sign) => ['loss', 'tie', 'win'][sign + 1]));
  expect([answered.size, Math.max(...answered.values())]).toEqual([80, 1]);
  expect(spending()).toMatchObject({ requests: requests.length, cached: 0, promptTokens: 8000 });
  const before = requests.length;
  const again = await run();
  expect(again.result).toEqual(result);
  expect(again.spending()).toMatchObject({ requests: 0, cached: 80, promptTokens: 8000 });
  expect(requests.length).toBe(before);
});

test('a question that comes twice at once is asked once', async () => {
  const { endpoint, asked: requests } = await judgeServer(() => prefersLonger);
  const { judge, spending } = openAiJudge({ endpoint, ...quick });
  const same = { prompt: 'p', first: 'same', second: 'same' };
  expect(await Promise.all([judge(same), judge(same)])).toMatchObject([{ verdict: 'tie' }, { verdict: 'tie' }]);
  expect([requests.length, spending().promptTokens]).toEqual([1, 100]);
});

test('what may be spent is not exceeded, and a larger sum goes on without paying twice', async () => {
  const { endpoint, asked: requests } = await judgeServer(() => prefersLonger);
  const texts = Array.from({ length: 10 }, (_, i) => `${'x'.repeat(i)}`);
  const cache = memoryAnswerCache();
  const contest = (judge: ReturnType<typeof openAiJudge>['judge'], concurrency: number) =>
    winRate({ prompts: texts, candidates: texts, baselines: texts.map(() => 'yyyyy'), judge, concurrency });
  const poor = openAiJudge({ endpoint, ...quick, ...priced, maxCost: 105, cache });
  const stopped = await contest(poor.judge, 1).catch((error) => error);
  expect(stopped).toBeInstanceOf(JudgingStopped);
  expect(stopped.message).toBe('60 of 105 is spent, and the next question may cost 50.');
  expect([requests.length, poor.spending().paid]).toEqual([6, 60]);
  // Six at once would set more aside than there is: they wait for each other.
  const richer = openAiJudge({ endpoint, ...quick, ...priced, maxCost: 105, cache });
  await expect(contest(richer.judge, 6)).rejects.toBeInstanceOf(JudgingStopped);
  expect(richer.spending().paid).toBeLessThanOrEqual(105);
  const rich = openAiJudge({ endpoint, ...quick, ...priced, maxCost: 1000, cache });
  await contest(rich.judge, 6);
  expect(requests.length).toBe(20);
  expect(new Set(requests.map(({ text }) => text)).size).toBe(20);
  const { price, paid, cached } = rich.spending();
  expect([price, paid]).toEqual([200, 200 - 10 * cached]);
});

test('several at once do not exceed it together', async () => {
  const { endpoint } = await judgeServer(() => says('Verdict: A', {}));
  const texts = Array.from({ length: 6 }, (_, i) => `${i}`);
  const { judge, spending } = openAiJudge({ endpoint, ...quick, ...priced, maxCost: 120 });
  const contest = { prompts: texts, candidates: texts, baselines: texts.map(() => 'b'), judge, concurrency: 6 };
  await expect(winRate(contest)).rejects.toThrow('100 of 120 is spent, and the next question may cost 50.');
  expect(spending()).toMatchObject({ requests: 2, paid: 100 });
});

test('an answer that was lost counts as the most that it can have cost, and what an endpoint does not count too', async () => {
  const { endpoint } = await judgeServer(inTurn(cut, status(500), says('Verdict: A'), says('Verdict: B', {})));
  const { judge, spending } = openAiJudge({ endpoint, ...quick, ...priced });
  await judge(asked);
  expect(spending()).toMatchObject({ paid: 50 + 10, completionTokens: 10 });
  await judge({ ...asked, prompt: 'q' });
  expect(spending()).toMatchObject({ paid: 50 + 10 + 50, completionTokens: 60 });
});

test('a signal ends waits and attempts, and keeps what is under way', async () => {
  const controller = new AbortController();
  const { endpoint, asked: requests } = await judgeServer((request) => (one, response) => {
    if (request > 0) return status(429, { 'retry-after': '60' })(one, response);
    controller.abort(new Error('enough'));
    setTimeout(() => prefersLonger(one, response), 20);
  });
  const cache = memoryAnswerCache();
  const options = { endpoint, ...quick, longestWait: 60_000, cache };
  const { judge } = openAiJudge({ ...options, signal: controller.signal });
  expect(await judge(asked)).toMatchObject({ verdict: 'first' });
  await expect(judge({ ...asked, prompt: 'q' })).rejects.toThrow('enough');
  const { spending, judge: again } = openAiJudge(options);
  await again(asked);
  expect([requests.length, spending().cached]).toEqual([1, 1]);

  const waiting = new AbortController();
  const { judge: patient } = openAiJudge({
    ...options,
    signal: waiting.signal,
    onRetry: () => waiting.abort(new Error('enough')),
  });
  await expect(patient({ ...asked, prompt: 'r' })).rejects.toThrow('enough');
});

test('a dozen may wait, and no one is warned of them', async () => {
  const warned = vi.fn();
  process.on('warning', warned);
  const controller = new AbortController();
  const { endpoint, asked: requests } = await judgeServer(() => prefersLonger);
  const { judge } = openAiJudge({ endpoint, ...quick, requestsPerMinute: 1, signal: controller.signal });
  const waiting = Promise.allSettled(Array.from({ length: 12 }, (_, i) => judge({ ...asked, prompt: `${i}` })));
  while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  controller.abort(new Error('enough'));
  expect((await waiting).filter(({ status }) => status === 'rejected').length).toBe(11);
  process.off('warning', warned);
  expect(warned).not.toHaveBeenCalled();
});

test('the key is in no message, no answer and no cache, whatever the server says', async () => {
  const apiKey = 'sk-very-secret-0123456789';
  const file = join(await mkdtemp(join(tmpdir(), 'judge-')), 'answers.jsonl');
  const echoes: Act[] = [
    status(400, { 'x-key': apiKey }, { error: { message: `No ${apiKey}` } }),
    status(401, {}, { error: { message: `${'x'.repeat(190)}${apiKey}` } }),
    status(500, {}, apiKey),
    raw(`${'{'.repeat(190)}${apiKey}`),
    raw(`{"choices":[],"key":"${apiKey}"}`),
    (_, response) => response.writeHead(307, { location: `http://${apiKey}.invalid/` }).end(),
  ];
  for (const echo of echoes) {
    const { endpoint } = await judgeServer(() => echo);
    const { judge } = openAiJudge({
      endpoint,
      ...quick,
      retries: 1,
      apiKey,
      onRetry: (retry) => expect(inspect(retry)).not.toContain('sk-very'),
    });
    const error = await Promise.resolve(judge(asked)).catch((error) => error);
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('sk-very');
  }
  const { endpoint } = await judgeServer(() => says(`Your key is ${apiKey}.\nVerdict: A`));
  const cache = await openAnswerCache(file);
  const judgment = await openAiJudge({ endpoint, ...quick, apiKey, cache }).judge(asked);
  await cache.close();
  expect(judgment).toEqual({ verdict: 'first', said: 'Your key is [key].\nVerdict: A' });
  expect(await readFile(file, 'latin1')).not.toContain('sk-very');
  const broken = () => openAiJudge({ endpoint, ...quick, apiKey: `${apiKey}\n` });
  expect(broken).toThrow('apiKey: holds a space');
});

test('another model, question, setting or address is another question', async () => {
  const { endpoint, asked: requests } = await judgeServer(() => prefersLonger);
  const cache = memoryAnswerCache();
  const ask = (options: Partial<OpenAiJudgeOptions>) =>
    openAiJudge({ endpoint, ...quick, cache, ...options }).judge(asked);
  const helpful = await readQuestionForm('helpful');
  for (const other of [
    {},
    { model: 'm' },
    { question: helpful },
    { temperature: 1 },
    { maxTokens: 9 },
    { seed: 2 },
    {},
  ])
    await ask(other);
  await ask({ endpoint: endpoint.replace('127.0.0.1', 'localhost') });
  expect(requests.length).toBe(7);
});

test.each<[Partial<OpenAiJudgeOptions>, string]>([
  [{ endpoint: 'localhost' }, 'endpoint: is no address'],
  [{ endpoint: 'ftp://x/' }, 'endpoint: ftp: is no address'],
  [{ endpoint: 'http://me:pw@x/v1' }, 'endpoint: holds a password'],
  [{ endpoint: 'http://x/v1?key=1' }, 'endpoint: holds a password or a query'],
  [{ timeout: 0 }, 'timeout: must be milliseconds above 0'],
  [{ retries: -1 }, 'retries: must be a whole number from 0, not -1'],
  [{ maxTokens: 0.5 }, 'maxTokens: must be a whole number from 1'],
  [{ backoff: Number.NaN }, 'backoff: must be a number from 0, not NaN'],
  [{ requestsPerMinute: 0 }, 'requestsPerMinute: must be a number above 0'],
  [{ maxCost: 1 }, 'maxCost: give prices too'],
])('%j is refused', (options, message) => {
  expect(() => openAiJudge({ endpoint: 'http://x/v1', ...quick, ...options })).toThrow(message);
});
