import { expect, test } from 'vitest';
import { launcherOf } from './launcher';

test.each([
  [
    "Open MPI's",
    { OMPI_COMM_WORLD_RANK: '2', OMPI_COMM_WORLD_SIZE: '4', PMIX_RANK: '2' },
    "Open MPI's mpirun",
    'Open MPI',
  ],
  [
    "Open MPI's under Slurm",
    { OMPI_COMM_WORLD_RANK: '2', OMPI_COMM_WORLD_SIZE: '4', ...step('1', '2') },
    "Open MPI's mpirun",
    'Open MPI',
  ],
  ['hydra', { PMI_RANK: '2', PMI_SIZE: '4', HYDI_CONTROL_FD: '7' }, "MPICH's mpiexec", 'MPICH'],
  ['hydra whose helpers srun started', { PMI_RANK: '2', PMI_SIZE: '4', ...step('1', '2') }, "MPICH's mpiexec", 'MPICH'],
  [
    'hydra with a helper a rank',
    { PMI_RANK: '2', PMI_SIZE: '4', HYDI_CONTROL_FD: '7', ...step('2', '4') },
    "MPICH's mpiexec",
    'MPICH',
  ],
  ['srun by PMI2', { PMI_RANK: '2', PMI_SIZE: '4', ...step('2', '4') }, 'srun', undefined],
  ['srun by PMIx', { PMIX_RANK: '2', PMIX_NAMESPACE: 'slurm.pmix.7.0', ...step('2', '4') }, 'srun', undefined],
  ['srun without MPI, whose ranks would not find each other', step('2', '4'), 'srun', undefined],
])('%s', (_, environment, name, family) => {
  expect(launcherOf(environment)).toEqual({ name, ...(family && { family }), rank: 2, size: 4 });
});

test('a PMIx launcher says no size', () => {
  expect(launcherOf({ PMIX_RANK: '2', PMIX_NAMESPACE: 'prterun-7' })).toEqual({ name: 'a PMIx launcher', rank: 2 });
});

test.each([
  ['a shell', {}],
  ['a batch script of Slurm', { SLURM_PROCID: '0', SLURM_NTASKS: '4', SLURM_JOB_ID: '7' }],
  ['half of the variables', { PMIX_RANK: '2' }],
  ['no number', { OMPI_COMM_WORLD_SIZE: '' }],
])('%s is no launcher', (_, environment: Record<string, string>) => {
  expect(launcherOf(environment)).toBeUndefined();
});

function step(rank: string, size: string) {
  return { SLURM_PROCID: rank, SLURM_NTASKS: size, SLURM_STEP_NUM_TASKS: size, SLURM_JOB_ID: '7' };
}
