import { onTestFinished, vi } from 'vitest';
import { run } from '../src/run';

/** What a process would leave. */
interface Left {
  readonly status: string | number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the app within a test, which takes a fraction of the time that a process takes to start. */
export async function runHere(...args: readonly string[]): Promise<Left> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const into =
    (lines: string[], end = '') =>
    (chunk: unknown) => {
      lines.push(`${chunk}${end}`);
      return true;
    };
  onTestFinished(() => {
    process.exitCode = undefined;
    vi.restoreAllMocks();
  });
  vi.spyOn(process.stdout, 'write').mockImplementation(into(stdout));
  vi.spyOn(process.stderr, 'write').mockImplementation(into(stderr));
  vi.spyOn(console, 'log').mockImplementation(into(stdout, '\n'));
  vi.spyOn(console, 'error').mockImplementation(into(stderr, '\n'));
  process.exitCode = undefined;
  await run(args);
  return { status: process.exitCode ?? 0, stdout: stdout.join(''), stderr: stderr.join('') };
}
