import { z } from 'zod';

/** One word or phrase of a script's head. */
const word = () => z.string().regex(/^[^\n\r]+$/, 'Write it on one line');

/** What may be another for one model than for the others. */
const sizes = {
  partition: word().optional().describe('default: the cluster’s own'),
  qos: word().optional().describe('quality of service; default: the cluster’s own'),
  time: word().optional().describe('limit of a job as Slurm writes it: 90, 4:00:00, 1-12; default: the partition’s'),
  ranks: z.int().min(1).optional().describe('processes that share the work of a job over MPI; default: 1'),
  cpus: z.int().min(1).optional().describe('cores of a rank, each of which gets a thread; default: 4'),
  memory: word()
    .optional()
    .describe('of a job on each of its nodes, as Slurm writes it: 16G; default: the partition’s'),
  lines: z.array(word()).optional().describe('more options of sbatch, each as in a script: --gres=gpu:1'),
};

/** What a grid asks of Slurm for each of its jobs: `slurm:` in the grid's file. What is left out is the cluster's own. */
export const slurmOptions = z.strictObject({
  ...sizes,
  ...{ ranks: sizes.ranks.default(1), cpus: sizes.cpus.default(4), lines: sizes.lines.default([]) },
  account: word().optional().describe('who pays; default: the cluster’s own'),
  models: z
    .record(z.string(), z.strictObject(sizes))
    .default({})
    .describe('by a model’s name, what is otherwise for its jobs: partition, qos, time, ranks, cpus, memory, lines'),
  launcher: word()
    .default('srun')
    .describe('what starts the ranks of a job, as shell words: srun --mpi=pmix, mpirun --bind-to none'),
  stopSignal: z
    .enum(['USR2', 'TERM'])
    .default('USR2')
    .describe(
      'what the launcher hands on to its ranks: USR2 by srun and Open MPI’s mpirun, TERM by Hydra (MPICH, Intel MPI)',
    ),
  atOnce: z
    .int()
    .min(1)
    .optional()
    .describe('at most so many jobs of an array at a time; default: as many as there is room for'),
  setup: z.string().optional().describe('shell commands before each job: module load nodejs'),
  program: z
    .string()
    .optional()
    .describe('what starts archangel there, as shell words; default: the program that submits'),
});

export type SlurmOptions = z.output<typeof slurmOptions>;

/** As it is for the jobs of one model. What no model is in, a demo world, has nothing to share between ranks. */
export function optionsFor(options: SlurmOptions, model: string | undefined): SlurmOptions {
  return model === undefined ? { ...options, ranks: 1 } : { ...options, ...options.models[model] };
}
