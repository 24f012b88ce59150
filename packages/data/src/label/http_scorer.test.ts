import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Tally } from '../tally';
import { type HttpScorerOptions, httpScorer } from './http_scorer';
import { memoryLabelCache } from './label_cache';
import { labelTexts } from './label_texts';
import type { ScoreOptions } from './score_options';

type Answer = (body: { text?: string; texts?: string[] }, response: ServerResponse, request: IncomingMessage) => void;

/** A server on this machine that gives each request to the next of the answers, and the rest to the last. */
async function serve(...answers: Answer[]): Promise<{ url: string; bodies: unknown[]; times: number[] }> {
  const bodies: unknown[] = [];
  const times: number[] = [];
  const server = createServer(async (request, response) => {
    times.push(performance.now());
    let json = '';
    for await (const chunk of request) json += chunk;
    const body = JSON.parse(json);
    bodies.push(body);
    const answer = answers[Math.min(bodies.length, answers.length) - 1] as Answer;
    answer(body, response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/toxicity`, bodies, times };
}

const json =
  (value: unknown): Answer =>
  (_, response) =>
    response.end(JSON.stringify(value));
const raw =
  (text: string): Answer =>
  (_, response) =>
    response.end(text);
const status =
  (code: number, headers = {}): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end('"sorry"');
const good: Answer = ({ text = '', texts }, response) =>
  response.end(JSON.stringify(texts ? { scores: texts.map(({ length }) => length) } : { score: text.length }));
const cut: Answer = (_, response) => response.destroy();
const cutInside: Answer = (_, response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{"sc');
  setTimeout(() => response.destroy(), 5);
};
const silent: Answer = () => {};

async function scores(url: string, texts: readonly string[], options: HttpScorerOptions & ScoreOptions = {}) {
  const examples = texts.map((response) => ({ response }));
  const rule = { desirable: 'low', threshold: 'median' } as const;
  const quick = { backoff: 1, longestWait: 3000, timeout: 2000 };
  const result = await labelTexts(examples, httpScorer(url, options), { ...rule, ...quick, ...options }, new Tally());
  return result.scores;
}

test('one text, or several, in the plain form', async () => {
  const one = await serve(good);
  expect(await scores(one.url, ['a', 'é\ud83d'])).toEqual([1, 2]);
  expect(one.bodies).toEqual([{ text: 'a' }, { text: 'é\ud83d' }]);
  const several = await serve(good);
  expect(await scores(several.url, ['a', 'bb', 'ccc'], { batchSize: 2 })).toEqual([1, 2, 3]);
  expect(several.bodies).toEqual([{ texts: ['a', 'bb'] }, { texts: ['ccc'] }]);
  const bare = await serve(json(0.5));
  expect(await scores(bare.url, ['a'])).toEqual([0.5]);
});

test('in a form of its own, with a key', async () => {
  let key: unknown;
  const { url } = await serve((body, response, { headers }) => {
    key = headers.authorization;
    const { comment } = body as unknown as { comment: string };
    response.end(JSON.stringify({ attributes: { toxicity: comment.length } }));
  });
  const form = {
    headers: { authorization: 'Bearer k' },
    request: ([comment]: readonly string[]) => ({ comment }),
    scores: (answer: unknown) => [(answer as { attributes: { toxicity: number } }).attributes.toxicity],
  };
  expect([await scores(url, ['abc'], form), key]).toEqual([[3], 'Bearer k']);
});

test.each<[string, Answer]>([
  ['500', status(500)],
  ['503', status(503)],
  ['429', status(429)],
  ['408', status(408)],
  ['no JSON', raw('<html>')],
  ['NaN', raw('NaN')],
  ['nothing', raw('')],
  ['a text', json({ score: 'high' })],
  ['null', json({ score: null })],
  ['a number too large', raw('{"score": 1e999}')],
  ['another field', json({ toxicity: 1 })],
  ['a cut connection', cut],
  ['a connection cut inside of the answer', cutInside],
])('%s is asked again, and nothing else is', async (_, bad) => {
  const { url, bodies } = await serve(bad, good);
  expect(await scores(url, ['a', 'bb', 'ccc'], { concurrency: 1 })).toEqual([1, 2, 3]);
  expect(bodies).toEqual([{ text: 'a' }, { text: 'a' }, { text: 'bb' }, { text: 'ccc' }]);
});

test('too few scores for a batch are none', async () => {
  const { url, bodies } = await serve(json({ scores: [1] }), json([1, 2, 3]), json({ scores: 'many' }), good);
  expect(await scores(url, ['a', 'bb'], { batchSize: 2 })).toEqual([1, 2]);
  expect(bodies.length).toBe(4);
});

test('no answer in time is asked again', async () => {
  const { url, bodies } = await serve(silent, good);
  expect(await scores(url, ['a'], { timeout: 300 })).toEqual([1]);
  expect(bodies.length).toBe(2);
});

test('Retry-After is waited for, by all requests', async () => {
  const { url, times } = await serve(status(429, { 'retry-after': '1' }), good);
  expect(await scores(url, ['a', 'bb', 'ccc', 'dddd'], { concurrency: 2 })).toEqual([1, 2, 3, 4]);
  // The second was under way; nothing else is asked until the wait is over.
  expect(times.length).toBe(5);
  expect((times[2] as number) - (times[0] as number)).toBeGreaterThan(950);
  const dated = await serve((_, response) => {
    response.writeHead(503, { 'retry-after': new Date(Date.now() + 2000).toUTCString() }).end();
  }, good);
  await scores(dated.url, ['a']);
  expect((dated.times[1] as number) - (dated.times[0] as number)).toBeGreaterThan(900);
});

test('Retry-After is waited for no longer than stated', async () => {
  const { url } = await serve(status(429, { 'retry-after': '86400' }), good);
  expect(await scores(url, ['a'], { longestWait: 10 })).toEqual([1]);
});

test('an address or key that is refused is not asked again, and its query is not said', async () => {
  const { url, bodies } = await serve(status(401));
  const refused = scores(`${url}?key=secret`, ['a'], { onFailure: 'drop' });
  await expect(refused).rejects.toThrow(`${url}: answered 401, "\\"sorry\\"". Check the address and the key.`);
  expect(bodies.length).toBe(1);
  expect(httpScorer(`${url}?key=secret`).name).toBe(url);
});

test('a text that is refused is not asked again, and is dropped or stops the run', async () => {
  const picky: Answer = (body, response, request) =>
    (body.text === 'bad' ? status(413) : good)(body, response, request);
  const { url, bodies } = await serve(picky);
  await expect(scores(url, ['bad'])).rejects.toThrow('answered 413');
  expect(bodies.length).toBe(1);
  expect(await scores(url, ['a', 'bad', 'ccc'], { onFailure: 'drop' })).toEqual([1, 3]);
});

test('a server that is not there', async () => {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
  await expect(scores(`http://127.0.0.1:${port}/x`, ['a'], { retries: 2 })).rejects.toThrow(
    /the request failed: .*ECONNREFUSED/,
  );
});

test('whatever the server does, nothing is lost, mixed up, or scored twice', async () => {
  const faults: Answer[] = [
    status(500),
    status(429),
    raw('?'),
    json({ scores: [1] }),
    json({ scores: [null] }),
    cut,
    cutInside,
    silent,
  ];
  const answered = new Map<string, number>();
  let requests = 0;
  const { url } = await serve((body, response, request) => {
    requests += 1;
    const { texts = [] } = body;
    const fault = requests % 3 === 0 ? faults[(requests / 3) % faults.length] : undefined;
    if (fault) return fault(body, response, request);
    for (const text of texts) answered.set(text, (answered.get(text) ?? 0) + 1);
    const answer = JSON.stringify({ scores: texts.map(Number) });
    setTimeout(() => response.end(answer), (requests * 7) % 20);
  });
  const texts = Array.from({ length: 200 }, (_, i) => `${(i * 37) % 150}`);
  const options = {
    batchSize: 4,
    concurrency: 6,
    retries: 20,
    // Enough for a busy machine to answer in; a server that is silent costs as much.
    timeout: 1_000,
    longestWait: 5,
    cache: memoryLabelCache(),
  };
  expect(await scores(url, texts, options)).toEqual(texts.map(Number));
  expect([...answered.values()].every((times) => times === 1)).toBe(true);
  expect(answered.size).toBe(150);
  const before = requests;
  expect(await scores(url, texts, options)).toEqual(texts.map(Number));
  expect(requests).toBe(before);
});

test.each([
  ['nowhere', {}, 'url: must be an address'],
  ['http://x/', { batchSize: 0 }, 'batchSize: must be a whole number from 1'],
])('%s with %j is refused', (url, options, message) => {
  expect(() => httpScorer(url, options)).toThrow(message);
});
