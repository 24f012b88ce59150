import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError } from '../input_error';
import { contentSecurityPolicy, watchPage } from './page';
import { type Sections, sectionNames, sectionsOf } from './sections';
import type { WatchedRun } from './watched_run';

/** The page of a run, served to this machine alone. */
export interface ServedPage {
  readonly url: string;
  /** The run has changed: whoever looks is told soon, and not more often than they can see. */
  changed(): void;
  /** Tells them the last of it, and ends. */
  close(): Promise<void>;
}

/** Where the page is, unless another port is asked for or something else is there. */
const usualPort = 4747;

/** Milliseconds between two tellings. */
const often = 400;

/**
 * Serves the page on 127.0.0.1: `/`, and `/events`, which tells what changes (server-sent events).
 *
 * @param port absent: 4747, or any that is free
 * @throws InputError for a port that is taken
 */
export async function servePage(run: WatchedRun, port?: number): Promise<ServedPage> {
  const looking = new Map<ServerResponse, Partial<Sections>>();
  const server = createServer((request, response) => {
    if (!isOwnPage(request)) return end(response, 403, 'This page is for the machine that trains.\n');
    if (request.method !== 'GET') return end(response, 405, 'This page is only looked at.\n');
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    // Not by `new URL`, which throws at some of what can be asked for.
    const [path] = (request.url ?? '/').split('?');
    if (path === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      looking.set(response, {});
      response.on('close', () => looking.delete(response));
      return tell(response, sectionsOf(run));
    }
    if (path !== '/') return end(response, 404, 'There is nothing here but /.\n');
    response.setHeader('content-security-policy', contentSecurityPolicy);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    return end(response, 200, watchPage(run.name, sectionsOf(run)));
  });

  /** Says those sections that this looker has not seen as they are. */
  function tell(response: ServerResponse, sections: Sections): void {
    const seen = looking.get(response) ?? {};
    // One that is slow to read is told when it has caught up, and then the latest.
    if (response.writableNeedDrain) return;
    for (const id of sectionNames) {
      if (seen[id] === sections[id]) continue;
      response.write(`event: section\ndata: ${JSON.stringify({ id, html: sections[id] })}\n\n`);
    }
    looking.set(response, sections);
  }

  function tellAll(): void {
    if (looking.size === 0) return;
    const sections = sectionsOf(run);
    for (const response of looking.keys()) tell(response, sections);
  }

  let timer: NodeJS.Timeout | undefined;
  await listen(server, port);
  // A run that has ended does not wait for its lookers.
  server.unref();
  server.on('connection', (socket) => socket.unref());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    changed() {
      timer ??= setTimeout(() => {
        timer = undefined;
        tellAll();
      }, often).unref();
    },
    async close() {
      clearTimeout(timer);
      tellAll();
      // Without this word a browser asks again until the run goes on.
      const word = run.ending === undefined ? '' : 'event: end\ndata: \n\n';
      for (const response of looking.keys()) response.end(word);
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), often).unref();
      });
    },
  };
}

function end(response: ServerResponse, status: number, body: string): void {
  response.statusCode = status;
  response.end(body);
}

/** Whether the browser means this machine: a name of somebody else's that leads here (DNS rebinding) is another page's. */
function isOwnPage({ headers }: IncomingMessage): boolean {
  const host = /^(.*?)(:\d+)?$/.exec(headers.host ?? '')?.[1];
  return host === '127.0.0.1' || host === 'localhost' || host === '[::1]';
}

async function listen(server: Server, port: number | undefined): Promise<void> {
  const attempt = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await attempt(port ?? usualPort);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' && port === undefined) return attempt(0);
    if (code === 'EADDRINUSE') throw new InputError(`watch: port ${port} is taken. Name another, or leave it out.`);
    if (code === 'EACCES') throw new InputError(`watch: port ${port} is not yours to use. Name one above 1023.`);
    throw error;
  }
}
