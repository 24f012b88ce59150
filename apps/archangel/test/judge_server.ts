import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface JudgeServer {
  readonly endpoint: string;
  /** What was asked, in order. */
  readonly asked: string[];
  /** What was answered. */
  readonly answered: string[];
  /** The keys that came with it. */
  readonly keys: Set<string | undefined>;
}

interface Behaviour {
  /** Before each answer, in milliseconds. */
  readonly delay?: number;
  /** Answers otherwise, and says so. */
  readonly instead?: (request: number, text: string, response: ServerResponse) => boolean;
}

/** A server on this machine that prefers the longer response, and says so in the words of the shipped questions. */
export async function judgeServer({ delay = 0, instead }: Behaviour = {}): Promise<JudgeServer> {
  const [asked, answered]: [string[], string[]] = [[], []];
  const keys = new Set<string | undefined>();
  const server = createServer(async (request, response) => {
    let json = '';
    for await (const chunk of request) json += chunk;
    const text: string = JSON.parse(json).messages[0].content;
    keys.add(request.headers.authorization);
    asked.push(text);
    if (instead?.(asked.length - 1, text, response)) return;
    setTimeout(() => {
      answered.push(text);
      response.end(JSON.stringify(answerTo(text)));
    }, delay);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked, answered, keys };
}

function answerTo(text: string) {
  const length = (letter: string) =>
    (new RegExp(`<response-${letter}-\\w+>\\n(.*?)\\n</response-${letter}-`, 's').exec(text)?.[1] ?? '').length;
  const verdict = length('a') > length('b') ? 'A' : length('a') < length('b') ? 'B' : 'tie';
  return {
    choices: [{ message: { content: `It is longer.\nVerdict: ${verdict}` }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 300, completion_tokens: 8 },
  };
}
