import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as the server got it. */
export interface Asked {
  /** What the judge is asked. */
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly authorization?: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly time: number;
}

export type Act = (asked: Asked, response: ServerResponse) => void;

export interface JudgeServer {
  readonly endpoint: string;
  /** Everything that was asked, in order. */
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** A server on this machine that does with each request what `act` says, which is told how many came before. */
export async function judgeServer(act: (request: number) => Act): Promise<JudgeServer> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let json = '';
    for await (const chunk of request) json += chunk;
    const body = JSON.parse(json);
    const { authorization } = request.headers;
    const { content: text } = body.messages[0];
    const one = { text, body, authorization, headers: request.headers, time: performance.now() };
    asked.push(one);
    act(asked.length - 1)(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  return { endpoint, asked, close };
}

/** The two responses in a question of the shipped forms. */
export function responsesIn(text: string): { first: string; second: string } {
  const within = (letter: string) => {
    const [, inside = ''] =
      new RegExp(`<response-${letter}-(?:\\w+)>\\n(.*?)\\n</response-${letter}-`, 's').exec(text) ?? [];
    return inside;
  };
  return { first: within('a'), second: within('b') };
}

const usage = { prompt_tokens: 100, completion_tokens: 10 };

/** Says what it is told to. */
export const says =
  (content: string | null, rest: object = { usage }, finish = 'stop'): Act =>
  (_, response) =>
    response.end(JSON.stringify({ choices: [{ message: { content }, finish_reason: finish }], ...rest }));

/** Prefers the longer response. */
export const prefersLonger: Act = (asked, response) => {
  const { first, second } = responsesIn(asked.text);
  const verdict = first.length > second.length ? 'A' : first.length < second.length ? 'B' : 'tie';
  says(`They differ in length.\n\nVerdict: ${verdict}`)(asked, response);
};

export const status =
  (code: number, headers = {}, said: unknown = { error: { message: 'sorry' } }): Act =>
  (_, response) =>
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(said));

export const raw =
  (text: string): Act =>
  (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);

export const cut: Act = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' }).write('{"choices":[{');
  setTimeout(() => response.destroy(), 5);
};
export const hungUp: Act = (_, response) => response.destroy();
export const silent: Act = () => {};
