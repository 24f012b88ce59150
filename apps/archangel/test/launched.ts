import { spawnSync } from 'node:child_process';
import { type Archangel, appWords, started } from './archangel';

/** What starts ranks, as Debian has it, where both are there. */
export interface Launcher {
  readonly name: 'openmpi' | 'mpich';
  /** Why it cannot be tried here: a word for the name of a test that is skipped; empty where it can. */
  readonly skipped: string;
  /** What it hands on to its ranks, so that they save and stop. */
  readonly stops: 'SIGUSR2' | 'SIGTERM';
}

export const launchers: readonly Launcher[] = [
  { name: 'openmpi', stops: 'SIGUSR2', skipped: skipped('mpirun.openmpi', 'openmpi-bin') },
  { name: 'mpich', stops: 'SIGTERM', skipped: skipped('mpirun.mpich', 'mpich') },
];

function skipped(program: string, debian: string): string {
  return spawnSync(program, ['--version']).error ? `: skipped, for there is no ${program} (Debian: ${debian})` : '';
}

/** What a launcher needs to start ranks here, whoever does, however few cores there are. */
const allowed = {
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  OMPI_MCA_rmaps_base_oversubscribe: '1',
  OMPI_MCA_hwloc_base_binding_policy: 'none',
};

/** The app on so many ranks. */
export function launched({ name }: Launcher, ranks: number, ...args: readonly string[]): Archangel {
  return started([`mpirun.${name}`, '-np', `${ranks}`, ...appWords, ...args], allowed);
}

/** A rank for each of several command lines, which should have been one. @param folders in which they start */
export function launchedUnlike(
  { name }: Launcher,
  lines: readonly (readonly string[])[],
  folders: readonly string[] = [],
): Archangel {
  const words = lines.flatMap((args, i) => {
    const place = folders[i] === undefined ? [] : ['-wdir', folders[i]];
    return [...(i > 0 ? [':'] : []), '-np', '1', ...place, ...appWords, ...args];
  });
  return started([`mpirun.${name}`, ...words], allowed);
}
