import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const home = fileURLToPath(new URL('..', import.meta.url));

/** The app as a process of its own. */
export interface Archangel {
  readonly child: ChildProcess;
  /** All that it has written by then, on both ways out, and its status: null where a signal ended it. */
  readonly ended: Promise<{ readonly status: number | null; readonly text: string }>;
}

const loader = createRequire(import.meta.url).resolve('tsx');

const fromSource = ['--conditions=@halokit/source', '--import', loader, join(home, 'src/main.ts')];

/**
 * The words that start the app, in whatever folder, before its own: as it was built, where the command that runs the tests has
 * just done so, which starts in a fourth of the time.
 */
export const appWords: readonly string[] = [
  process.execPath,
  ...(process.env.HALOKIT_BUILT ? [join(home, 'dist/main.js')] : fromSource),
];

export function archangel(...args: readonly string[]): Archangel {
  return started([...appWords, ...args]);
}

/** Starts a program, the app or what starts the app, in the app's folder. */
export function started([program = '', ...args]: readonly string[], more: NodeJS.ProcessEnv = {}): Archangel {
  const env = { ...process.env, npm_lifecycle_event: '', ...more };
  const child = spawn(program, args, { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  return { child, ended: new Promise((resolve) => child.on('close', (status) => resolve({ status, text }))) };
}

/** Waits until a run has saved so many further steps, or has ended. */
export async function untilSaved(run: Archangel, folder: string, further: number): Promise<void> {
  let over = false;
  run.ended.then(() => {
    over = true;
  });
  let newest = newestOf(folder);
  for (let left = further; left > 0 && !over; await setTimeout(5)) {
    const now = newestOf(folder);
    if (now === newest) continue;
    newest = now;
    left--;
  }
}

/** `own/step-000012` */
function newestOf(folder: string): string {
  const checkpoints = join(folder, 'checkpoints');
  const [stage] = namesIn(checkpoints);
  if (stage === undefined) return '';
  const steps = namesIn(join(checkpoints, stage)).filter((name) => name.startsWith('step-'));
  return `${stage}/${steps.sort().at(-1)}`;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
