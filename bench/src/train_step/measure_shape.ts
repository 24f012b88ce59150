import type { Command } from '../child_lines';
import { digits, spread } from '../numbers';
import { progress } from '../progress';
import { summary } from '../statistics';
import type { Job, Step } from './protocol';
import { type Run, runProgram, seconds, warmUpSteps } from './run_program';
import { checkSameLosses } from './same_losses';
import type { Shape } from './shape';

/** All programs, once each, next to each other in time. */
export interface Round {
  readonly ours: Run;
  /** One for each of `Programs.peers`. */
  readonly peers: readonly Run[];
}

/** How often a shape is measured. */
export interface Plan {
  readonly shape: Shape;
  readonly rounds: number;
  /** Timed steps of each run. */
  readonly steps: number;
}

/** PyTorch in one setting of its environment. */
export interface Peer {
  readonly name: string;
  readonly command: Command;
}

export interface Programs {
  readonly ours: Command;
  /** PyTorch in its settings; none where there is no PyTorch. */
  readonly peers: readonly Peer[];
  readonly backend: string;
  readonly threads: number;
  /** Steps that the last of our runs profiles after the timed ones. */
  readonly profileSteps?: number;
}

/**
 * Runs all programs in turn, round after round.
 *
 * @throws Error when their first losses differ
 */
export async function measureShape({ shape, rounds, steps }: Plan, programs: Programs): Promise<Round[]> {
  const { backend, threads, profileSteps } = programs;
  const job: Job = { shape, steps: warmUpSteps + steps, threads, backend };
  const results: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    const place = `${shape.name}, round ${round} of ${rounds}`;
    const profiled = round === rounds && profileSteps !== undefined;
    const ours = await runAloud(`${place}, halokit`, programs.ours, profiled ? { ...job, profileSteps } : job);
    const peers: Run[] = [];
    for (const { name, command } of programs.peers) {
      const run = await runAloud(`${place}, ${name}`, command, job);
      checkSameLosses(ours.warmUp, run.warmUp);
      peers.push(run);
    }
    results.push({ ours, peers });
  }
  return results;
}

async function runAloud(label: string, command: Command, job: Job): Promise<Run> {
  const line = progress(label);
  line.update('starting');
  const said = (steps: readonly Step[]) =>
    line.update(`step ${steps.length} of ${job.steps}, ${digits(steps.at(-1)?.seconds ?? 0)} s`);
  const run = await runProgram(command, job, said);
  line.end(`${spread(summary(seconds(run)), ' s')} a step`);
  return run;
}
