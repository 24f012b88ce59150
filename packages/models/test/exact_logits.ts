import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A model by its config and seed, and what it reads. */
export interface ExactJob {
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly ids: readonly number[];
}

export interface ExactLogits {
  /** In float64, of every token, [tokens, vocabulary]. */
  readonly exact: number[][];
  /** The same with every weight off by up to one rounding of float32. */
  readonly moved: number[][];
}

/** Computes in float64 in a process of its own: arrays of floats are replaced there for good. */
export async function exactLogits(job: ExactJob): Promise<ExactLogits> {
  const file = fileURLToPath(new URL('programs/exact_logits.ts', import.meta.url));
  const source = ['--conditions=@halokit/source', '--import', 'tsx', file, JSON.stringify(job)];
  const { stdout } = await promisify(execFile)(process.execPath, source, { maxBuffer: 1 << 28 });
  return JSON.parse(stdout);
}
