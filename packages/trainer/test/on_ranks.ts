import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RanksOutcome } from './ranks_program';

const program = fileURLToPath(new URL('ranks_program.ts', import.meta.url));
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
  readonly cases: readonly string[];
  readonly sharded?: boolean;
}

/** What rank 0 says of each case. @throws Error with what the job printed where it failed */
export async function onRanks({ launcher, size = 1, cases, sharded }: RanksJob): Promise<RanksOutcome[]> {
  const node = [
    '--conditions=@halokit/source',
    '--import',
    'tsx',
    program,
    cases.join(),
    ...(sharded ? ['sharded'] : []),
  ];
  const oversubscribe = launcher === 'openmpi' ? ['--oversubscribe'] : [];
  const [command, ...args] = launcher
    ? [`mpirun.${launcher}`, ...oversubscribe, '-np', `${size}`, process.execPath, ...node]
    : [process.execPath, ...node];
  const env = { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  const lines = out.split('\n').filter((line) => line.startsWith('{'));
  if (status !== 0 || lines.length !== cases.length) throw new Error(`Status ${status}:\n${out}\n${err}`);
  return lines.map((line) => JSON.parse(line));
}
