/** Variables of a process's environment, `process.env` for one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The two kinds of MPI library, by what they call their handles. MVAPICH, Intel MPI and Cray MPI are of MPICH's. */
export type Family = 'Open MPI' | 'MPICH';

/** What started this process as one of several. */
export interface Launcher {
  /** As its users call it. */
  readonly name: string;
  /** The library that it goes with; undefined where it goes with either. */
  readonly family?: Family;
  /** Undefined where only the library can tell. */
  readonly rank?: number;
  readonly size?: number;
}

/**
 * Which launcher started this process, by the variables that it set; undefined where none did. A batch script of Slurm has
 * variables of Slurm too, and is one process all the same: only `srun` makes ranks.
 */
export function launcherOf(environment: Environment): Launcher | undefined {
  const number = (name: string) => (/^\d+$/.test(environment[name] ?? '') ? Number(environment[name]) : undefined);
  const ranks = (rank: string, size: string) => ({ rank: number(rank), size: number(size) });

  const openMpi = ranks('OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE');
  if (openMpi.size !== undefined) return { name: "Open MPI's mpirun", family: 'Open MPI', ...openMpi };

  const pmi = ranks('PMI_RANK', 'PMI_SIZE');
  const step = ranks('SLURM_PROCID', 'SLURM_STEP_NUM_TASKS');
  // Hydra starts its helpers by srun, of which ranks inherit a step of other numbers.
  const bySrun = step.size !== undefined && environment.HYDI_CONTROL_FD === undefined;
  if (bySrun && (pmi.size === undefined || (pmi.size === step.size && pmi.rank === step.rank))) {
    return { name: 'srun', ...step };
  }
  if (pmi.size !== undefined) return { name: "MPICH's mpiexec", family: 'MPICH', ...pmi };
  const pmix = number('PMIX_RANK');
  if (pmix !== undefined && environment.PMIX_NAMESPACE) return { name: 'a PMIx launcher', rank: pmix };
  return undefined;
}
