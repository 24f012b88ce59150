import { spawnSync } from 'node:child_process';
import type { Command } from '../child_lines';

export const families = ['Open MPI', 'MPICH'] as const;
export type Family = (typeof families)[number];

/** Debian's names for the launchers, which let both be there, and what they go by elsewhere. */
const programs = {
  'Open MPI': ['mpirun.openmpi', 'mpirun'],
  MPICH: ['mpirun.mpich', 'mpiexec.hydra', 'mpirun'],
} as const;
const says = { 'Open MPI': /open mpi|openrte/i, MPICH: /hydra/i } as const;

/** The launcher of a family; undefined where there is none. */
export function findLauncher(family: Family): string | undefined {
  return programs[family].find((program) => {
    const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
    return says[family].test(stdout ?? '');
  });
}

/** A program on so many ranks of this machine. */
export function onRanks({ file, args, cwd, env }: Command, launcher: string, family: Family, ranks: number): Command {
  // Otherwise two ranks get a core each and more get none; MPICH leaves the choice to the system.
  const own = family === 'Open MPI' ? ['--bind-to', 'none', '--oversubscribe'] : [];
  const asRoot = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
  return { file: launcher, args: [...own, '-np', `${ranks}`, file, ...args], cwd, env: { ...env, ...asRoot } };
}
