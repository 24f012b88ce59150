import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { eventDescriptor, requestVariable, type SpecEvent, type SpecRequest } from './events';

/** How a child process ended: by itself after its last spec, or not. */
export interface ChildEnd {
  /** What it was at when it ended, if it had come to any spec. */
  readonly at: { readonly file: string; readonly name: string } | undefined;
  /** Nothing if all is well, else for people: `hung for 60 s`, `died of SIGABRT`. */
  readonly trouble: string | undefined;
  /** The last that it printed. */
  readonly output: string;
}

export interface ChildOptions {
  /** A child that says nothing for so long, after its first spec began, hangs. */
  readonly hangMs: number;
  readonly env: Readonly<Record<string, string>>;
}

/** Evaluating the bundle takes a second or two, more on a busy machine. */
const startMs = 120_000;

/** Runs a bundle on some spec files in a process of its own: native code that aborts takes only that one down. */
export async function runChild(
  module: string,
  request: SpecRequest,
  { hangMs, env }: ChildOptions,
  onEvent: (event: SpecEvent) => void,
): Promise<ChildEnd> {
  const child = spawn(process.execPath, [module], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env, [requestVariable]: JSON.stringify(request) },
  });
  const output = tail(child);
  let at: ChildEnd['at'];
  let ended = false;
  let hung = false;
  let timer: NodeJS.Timeout | undefined;
  const limit = () => (at === undefined ? Math.max(startMs, hangMs) : hangMs);
  const rearm = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, limit());
  };
  const lines = createInterface({ input: child.stdio[eventDescriptor] as Readable });
  lines.on('line', (line) => {
    const event: SpecEvent = JSON.parse(line);
    if (event.kind === 'at') at = event;
    if (event.kind === 'end') ended = true;
    rearm();
    onEvent(event);
  });
  rearm();
  const [end] = await Promise.all([exit(child), new Promise((resolve) => lines.once('close', resolve))]);
  clearTimeout(timer);
  return { at, trouble: trouble(end, ended, hung ? limit() : undefined), output: output() };
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function exit(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

function trouble({ code, signal }: Exit, ended: boolean, hungMs: number | undefined): string | undefined {
  if (hungMs !== undefined) return `hung for ${hungMs / 1000} s`;
  const when = ended ? ' after its last spec' : '';
  if (signal !== null) return `died of ${signal}${when}`;
  if (code !== 0) return `exited with code ${code}${when}`;
  return ended ? undefined : 'exited before its end';
}

/** Collects the last of what a process prints. */
function tail(child: ChildProcess, length = 4000): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-length);
    });
  return () => text;
}
