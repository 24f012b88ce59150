import { z } from 'zod';

/** One word or phrase of a script's head. */
const word = () => z.string().regex(/^[^\n\r]+$/, 'Write it on one line');

/** What a grid asks of Slurm for each of its jobs: `slurm:` in the grid's file. What is left out is the cluster's own. */
export const slurmOptions = z.strictObject({
  partition: word().optional().describe('default: the cluster’s own'),
  account: word().optional().describe('who pays; default: the cluster’s own'),
  qos: word().optional().describe('quality of service; default: the cluster’s own'),
  time: word().optional().describe('limit of a job as Slurm writes it: 90, 4:00:00, 1-12; default: the partition’s'),
  cpus: z.int().min(1).default(4).describe('cores of a job, each of which gets a thread'),
  memory: word().optional().describe('of a job, as Slurm writes it: 16G; default: the partition’s'),
  atOnce: z
    .int()
    .min(1)
    .optional()
    .describe('at most so many jobs of an array at a time; default: as many as there is room for'),
  lines: z.array(word()).default([]).describe('more options of sbatch, each as in a script: --gres=gpu:1'),
  setup: z.string().optional().describe('shell commands before each job: module load nodejs'),
  program: z
    .string()
    .optional()
    .describe('what starts archangel there, as shell words; default: the program that submits'),
});

export type SlurmOptions = z.output<typeof slurmOptions>;
