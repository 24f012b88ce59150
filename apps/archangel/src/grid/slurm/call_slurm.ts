import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { InputError } from '../../input_error';

const run = promisify(execFile);

/** There is no Slurm here, or it refuses. */
export class SlurmError extends InputError {}

/**
 * Runs a program of Slurm and gives what it prints.
 *
 * @throws SlurmError where there is no Slurm, or it refuses: in its own words
 */
export async function callSlurm(program: 'sbatch' | 'squeue', ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(program, args, { maxBuffer: 2 ** 28 });
    return stdout.trim();
  } catch (error) {
    const { code, stderr, message } = error as Error & { code?: string | number; stderr?: string };
    if (code === 'ENOENT') {
      throw new SlurmError(
        `There is no ${program} on the PATH. Run this where jobs are submitted to Slurm, a login node as a rule, or write ` +
          'the scripts alone with --dry-run and submit them there.',
      );
    }
    const lines = (stderr || message).trim().split('\n');
    throw new SlurmError(`${lines.map((line) => line.replace(/^\w+: (error: )?|\.$/g, '')).join('; ')}.`);
  }
}
