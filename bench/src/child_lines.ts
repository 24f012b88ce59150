import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a program is started. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing else is inherited. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs a program to its end and hands on each line it prints that is a JSON object; other lines are other people's.
 *
 * @throws Error with the end of what the program complained of, if it fails
 */
export async function childLines(command: Command, line: (message: unknown) => void): Promise<void> {
  const { file, args, cwd, env } = command;
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (text) => {
    if (text.startsWith('{')) line(JSON.parse(text));
  });
  const code = await ended;
  if (code !== 0) throw new Error(`${file} ended with ${code}:\n${complaints.trim()}`);
}
