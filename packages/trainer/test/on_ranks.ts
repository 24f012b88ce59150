import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const launchers = { openmpi: 'openmpi-bin', mpich: 'mpich' };

export type Launcher = keyof typeof launchers;

/** Why ranks cannot be started by it here. */
export function missing(launcher: Launcher): string | undefined {
  if (!spawnSync(`mpirun.${launcher}`, ['--version']).error) return undefined;
  return `mpirun.${launcher} is missing (Debian: ${launchers[launcher]})`;
}

export interface RanksJob {
  /** Without one, a process by itself. */
  readonly launcher?: Launcher;
  readonly size?: number;
}

/**
 * Runs a program of this folder on ranks.
 *
 * @returns the lines of JSON that they print
 * @throws Error with what the job printed where it failed
 */
export async function onRanks<T>(
  program: string,
  { launcher, size = 1 }: RanksJob,
  args: readonly string[],
): Promise<T[]> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const node = [process.execPath, '--conditions=@halokit/source', '--import', 'tsx', file, ...args];
  const oversubscribe = launcher === 'openmpi' ? ['--oversubscribe'] : [];
  const started = launcher ? [`mpirun.${launcher}`, ...oversubscribe, '-np', `${size}`, ...node] : node;
  const [command = '', ...rest] = started;
  const env = { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
  const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`Status ${status}:\n${out}\n${err}`);
  const lines = out.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line));
}
