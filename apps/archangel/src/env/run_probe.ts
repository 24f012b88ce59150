import { spawn } from 'node:child_process';
import type { Found, Outcome } from './probe';
import type { ProbeName } from './probe_names';

/** What a process that looked at one thing came to. */
export interface Probed<N extends ProbeName> {
  readonly outcome: Outcome<Found[N]>;
  /** What native code wrote meanwhile. */
  readonly stderr: string;
}

/** Seconds that a probe may take: a driver that hangs shall not take the command with it. */
const patience = 120;

/** @param program the words that start this app */
export async function runProbe<N extends ProbeName>(name: N, program: readonly string[]): Promise<Probed<N>> {
  const [command = '', ...args] = program;
  // Its warnings say which libraries of CUDA are missing.
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '1' };
  const child = spawn(command, [...args, 'env', '--probe', name], { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const outcome = await new Promise<Outcome<Found[N]>>((resolve) => {
    const timer = setTimeout(() => resolve({ reason: `it did not answer within ${patience} s` }), patience * 1000);
    const end = (outcome: Outcome<Found[N]>) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    child.once('message', (message) => end(message as Outcome<Found[N]>));
    child.once('error', (error) => end({ reason: `it could not be looked at: ${error.message}` }));
    child.once('close', (status, signal) => end({ reason: crash(status, signal, stderr) }));
  });
  // It has answered: what is left to do there is of no use, and may hang.
  child.kill('SIGKILL');
  return { outcome, stderr };
}

function crash(status: number | null, signal: string | null, stderr: string): string {
  const last = stderr.trim().split('\n').at(-1)?.trim();
  return `it took its process down (${signal ?? `status ${status}`})${last ? `: ${last}` : ''}`;
}
