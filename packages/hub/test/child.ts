import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HubEvent } from '../src';

const program = fileURLToPath(new URL('programs/fetch.ts', import.meta.url));

/** A process that fetches a model, and what has come of it so far. */
export interface Fetching {
  readonly child: ChildProcess;
  readonly events: HubEvent[];
  /** Resolves to the exit status, or null for a process that was killed. */
  readonly ended: Promise<number | null>;
  /** Resolves when an event meets the condition. */
  until(condition: (event: HubEvent) => boolean): Promise<void>;
}

export function fetchInChild(endpoint: string, cache: string): Fetching {
  const child = spawn(process.execPath, ['--import', 'tsx', program, endpoint, cache], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const events: HubEvent[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => events.push(JSON.parse(line)));
  return {
    child,
    events,
    ended: new Promise((done) => child.on('close', done)),
    until: (condition) =>
      new Promise((done, fail) => {
        const look = () => events.some(condition) && done();
        look();
        lines.on('line', look);
        child.on('close', () => fail(new Error('The process ended before that.')));
      }),
  };
}
