import '@tensorflow/tfjs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Contents, memoryFiles, oracleContents } from '../../test/memory_files';
import { disposeModel } from '../causal_lm';
import { readCheckpoint } from './read_checkpoint';
import { urlFiles } from './url_files';

type Answer = (request: IncomingMessage, response: ServerResponse, bytes: Uint8Array) => void;

const contents: Contents = {
  ...oracleContents('llama-mha-sharded'),
  'big.bin': new Uint8Array(3e6).map((_, i) => i % 251),
};
let server: Server;
let base = '';
let answer: Answer;
let requests: string[] = [];

/** The range that a request asks for, as far as the file goes. */
function rangeOf({ headers }: IncomingMessage, bytes: Uint8Array): [number, number] {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  return [Number(from), Math.min(Number(to) + 1, bytes.length)];
}

const answers = {
  ranges: (request, response, bytes) => {
    if (!request.headers.range) return response.end(bytes);
    const [start, end] = rangeOf(request, bytes);
    const range = { 'Content-Range': `bytes ${start}-${end - 1}/${bytes.length}`, ETag: '"1"' };
    return response.writeHead(206, range).end(bytes.subarray(start, end));
  },
  'no ranges': (_, response, bytes) => response.end(bytes),
  'hidden ranges': (request, response, bytes) => {
    if (!request.headers.range) return response.end(bytes);
    return response.writeHead(206).end(bytes.subarray(...rangeOf(request, bytes)));
  },
} satisfies Record<string, Answer>;

beforeAll(async () => {
  await tf.setBackend('cpu');
  server = createServer((request, response) => {
    const name = (request.url ?? '').replace('/models/tiny/', '');
    requests.push(`${name} ${request.headers.range ?? 'whole'}`);
    const bytes = Object.hasOwn(contents, name) ? contents[name] : undefined;
    if (bytes) answer(request, response, bytes);
    else response.writeHead(404).end('no such file');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/tiny/`;
});
beforeEach(() => {
  requests = [];
  answer = answers.ranges;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe.each(Object.keys(answers) as (keyof typeof answers)[])('a server with %s', (kind) => {
  beforeEach(() => {
    answer = answers[kind];
  });

  test('gives the checkpoint that a folder holds', async () => {
    const [model, other] = [await readCheckpoint(urlFiles(base)), await readCheckpoint(memoryFiles(contents))];
    for (const [key, weight] of other.weights) expect(model.weights.get(key)?.dataSync()).toEqual(weight.dataSync());
    [model, other].forEach(disposeModel);
  });

  test('gives any part of a file, and asks for no byte twice in a row', async () => {
    const file = await urlFiles(new URL(base)).open('big.bin');
    const bytes = contents['big.bin'] as Uint8Array;
    expect(file?.size).toBe(bytes.length);
    for (const [start, end] of [
      [0, 8],
      [8, 2000],
      [2000, 1_500_000],
      [2_999_990, 3_000_000],
      [5, 5],
      [0, 3_000_000],
    ] as const) {
      const read = (await file?.read(start, end)) as Uint8Array;
      expect(Buffer.compare(read, bytes.subarray(start, end)), `${start} to ${end}`).toBe(0);
    }
    const asked = {
      ranges: ['bytes=0-1048575', 'bytes=2000-1499999', 'bytes=2999990-2999999', 'bytes=5-1048580', 'bytes=0-2999999'],
      'no ranges': ['bytes=0-1048575'],
      'hidden ranges': ['bytes=0-1048575', 'whole'],
    };
    expect(requests).toEqual(asked[kind].map((range) => `big.bin ${range}`));
  });

  test('has no file where it says 404', async () => {
    expect(await urlFiles(base).open('nothing.json')).toBeUndefined();
  });
});

test('an empty file is one, and a page in the place of a file is none', async () => {
  answer = (_, response) => response.writeHead(416, { 'Content-Range': 'bytes */0' }).end();
  expect((await urlFiles(base).open('config.json'))?.size).toBe(0);
  answer = (_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<!doctype html>');
  expect(await urlFiles(base).open('config.json')).toBeUndefined();
});

const failing: [string, Answer, string][] = [
  ['refuses', (_, response) => response.writeHead(403).end(), 'config.json: the server answered 403'],
  ['fails', (_, response) => response.writeHead(500).end(), 'config.json: the server answered 500'],
  ['hangs up', (request) => request.socket.destroy(), 'config.json: cannot be fetched'],
  [
    'hangs up halfway',
    (request, response, bytes) => {
      response.writeHead(200, { 'Content-Length': bytes.length }).write(bytes.subarray(0, 100));
      setTimeout(() => request.socket.destroy(), 10);
    },
    'config.json: cannot be fetched',
  ],
  [
    'gives less than it says',
    (_, response, bytes) =>
      response.writeHead(206, { 'Content-Range': `bytes 0-99/${bytes.length}` }).end(bytes.subarray(0, 50)),
    'config.json: the answer was cut short',
  ],
  [
    'serves ranges but not files',
    (_, response) => response.writeHead(206).end('x'),
    'config.json: the server answered',
  ],
];

test.each(failing)('a server that %s: an InputError that names the file', async (_, how, message) => {
  answer = how;
  const error = await readCheckpoint(urlFiles(base)).catch((error: unknown) => error);
  expect(error).toMatchObject({ name: 'InputError', message: expect.stringContaining(message) });
});

test.each<[string, Answer]>([
  [
    'by its tag',
    (_, response, bytes) =>
      response.writeHead(206, { 'Content-Range': `bytes 2000000-2000004/${bytes.length}`, ETag: '"2"' }).end('12345'),
  ],
  [
    'by its size',
    (_, response) =>
      response.writeHead(206, { 'Content-Range': 'bytes 2000000-2000004/2999999', ETag: '"1"' }).end('12345'),
  ],
  ['by its end', (_, response) => response.writeHead(416, { 'Content-Range': 'bytes */3', ETag: '"1"' }).end()],
  [
    'in place of what was asked for',
    (_, response, bytes) =>
      response.writeHead(206, { 'Content-Range': `bytes 7-9/${bytes.length}`, ETag: '"1"' }).end('123'),
  ],
])('a file that changed is noticed %s', async (_, how) => {
  const file = await urlFiles(base).open('big.bin');
  answer = how;
  await expect(file?.read(2_000_000, 2_000_005)).rejects.toThrow("big.bin: the server's file changed");
});

test('no server at all is an InputError, with what the network said as its cause', async () => {
  const error = await readCheckpoint(urlFiles('http://127.0.0.1:1/x')).catch((error: unknown) => error);
  expect(error).toMatchObject({
    name: 'InputError',
    message: expect.stringContaining('http://127.0.0.1:1/x/config.json: cannot be fetched'),
    cause: expect.any(TypeError),
  });
});

test('another fetch takes the place of the global one: headers, and a way to abort', async () => {
  const stop = new AbortController();
  const sent: unknown[] = [];
  const own: typeof fetch = (url, init) => {
    sent.push(init?.headers);
    return fetch(url, { ...init, signal: stop.signal });
  };
  expect((await urlFiles(base, { fetch: own }).open('config.json'))?.size).toBe(contents['config.json']?.length);
  expect(sent).toEqual([{ Range: 'bytes=0-1048575' }]);
  stop.abort(new Error('enough'));
  await expect(urlFiles(base, { fetch: own }).open('config.json')).rejects.toThrow('enough');
});
