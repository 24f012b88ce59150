// Runs a command of a document, in the test's own process: starting Node for each would take longer than all of them.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { vi } from 'vitest';
import { judgeServer } from '../apps/archangel/test/judge_server';
import { runHere } from '../apps/archangel/test/run_here';
import { small } from './docs_small';
import { type CommandLine, commandLine, wordsOfApp } from './docs_words';

const main = resolve('apps/archangel/src/main.ts');
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const fromSource = ['--conditions=@halokit/source', '--import', tsx, main];

/**
 * Runs one line within a test, in a folder, made small: a command of the app, however it is started, or `node FILE` for a
 * file that a document has its reader write.
 *
 * @param hub where the hub is asked
 * @throws Error for a line that fails, that names a run which is not there, or that is none of these
 */
export async function runCommand(line: string, folder: string, hub = ''): Promise<string> {
  const command = commandLine(line, folder);
  const words = wordsOfApp(command);
  if (!words) return runProgram(command, folder);
  const missing = runsOf(words).find((run) => !existsSync(join(folder, run)));
  if (missing)
    throw new Error(
      `${missing} is not there: make it in scripts/docs_setting.ts, or name another run in the document.`,
    );
  const { endpoint } = await judgeServer();
  const variables = { HF_ENDPOINT: hub, OPENAI_API_KEY: 'sk-of-a-test', ...command.env };
  return within(folder, variables, command.input || 'hi\n', () => runApp(small(words, endpoint)));
}

function runProgram({ program, args }: CommandLine, folder: string): string {
  if (program === 'node' && args.length === 1)
    return execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  throw new Error(`${program} is no command of the app. Where it cannot be run, list it in scripts/docs_left_out.ts.`);
}

/** Runs that are to be there: `archangel report` says what is missing, and goes on. */
function runsOf(words: readonly string[]): string[] {
  return words.filter((word, i) => word.startsWith('runs/') && words[i - 1] !== '--out');
}

async function runApp(words: readonly string[]): Promise<string> {
  // Node itself loads a loss of one's own, and finds the packages' sources only where it was started so; `env` starts the
  // program that runs.
  if (words.includes('./my_halo.ts') || words[0] === 'env')
    return execFileSync(process.execPath, [...fromSource, ...words], { encoding: 'utf8' });
  const { status, stdout, stderr } = await runHere(...words);
  if (status !== 0) throw new Error(`archangel ${words.join(' ')}\nended with status ${status}.\n${stdout}${stderr}`);
  return stdout;
}

/** Does some work as if this process had been started there. */
async function within<T>(
  folder: string,
  variables: Readonly<Record<string, string>>,
  input: string,
  work: () => Promise<T>,
): Promise<T> {
  const home = process.cwd();
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') as PropertyDescriptor;
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  Object.defineProperty(process, 'stdin', { ...stdin, get: () => Readable.from([input]) });
  process.chdir(folder);
  try {
    return await work();
  } finally {
    process.chdir(home);
    Object.defineProperty(process, 'stdin', stdin);
    vi.unstubAllEnvs();
  }
}
