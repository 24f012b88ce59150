import { spawnSync } from 'node:child_process';
import type { Family } from './launch';

const candidates = ['python3', '/usr/bin/python3', 'python'];
const version = 'from mpi4py import MPI; print(MPI.Get_library_version())';

/** The first Python whose mpi4py was built for a family; undefined where none was. */
export function findMpi4py(family: Family, asked?: string): string | undefined {
  const known = asked === undefined ? candidates : [asked];
  return known.find((python) => {
    const { stdout, status } = spawnSync(python, ['-c', version], { encoding: 'utf8' });
    return status === 0 && (stdout.startsWith('Open MPI') ? 'Open MPI' : 'MPICH') === family;
  });
}
