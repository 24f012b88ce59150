import { table } from '@halokit/evaluation';
import type { Machine } from '../machine';
import { digits, gigabytes, spread } from '../numbers';
import { median, ratioByRound, summary } from '../statistics';
import type { Outcome } from './protocol';

export interface Results {
  readonly date: string;
  readonly machine: Machine;
  /** How the ranks were started. */
  readonly family: string;
  readonly ranks: number;
  readonly rounds: readonly Round[];
}

/** The same steps by one rank and by several, next to each other in time. */
export interface Round {
  readonly alone: Outcome;
  readonly together: Outcome;
}

/** The results as a person reads them. */
export function report({ rounds, ranks, family, machine }: Results): string {
  const row = (name: string, outcomes: readonly Outcome[]) => {
    const seconds = summary(outcomes.flatMap(({ seconds }) => seconds));
    const shares = outcomes.flatMap(({ communication, seconds }) =>
      communication.map((spent, i) => spent / (seconds[i] as number)),
    );
    const memory = Math.max(...outcomes.map(({ peakBytes }) => peakBytes));
    return [name, spread(seconds), `${Math.round(100 * median(shares))} %`, gigabytes(memory)];
  };
  const [alone, together] = [rounds.map((round) => round.alone), rounds.map((round) => round.together)];
  const of = (outcomes: readonly Outcome[]) => outcomes.map(({ seconds }) => seconds);
  const speed = spread(ratioByRound(of(together), of(alone)));
  const header = ['ranks of one thread', 'seconds a step', 'in communication', 'peak memory of rank 0'];
  return [
    `KTO, 32 answers of HH a step, Pythia-70m's shape, by ${family} (${machine.cpu}, ${machine.cores} cores)`,
    table(header, [row('1', alone), row(`${ranks}`, together)]),
    `Steps a second: ${speed} times those of 1 rank, the median round with the least and the greatest.`,
    ...(ranks > machine.cores ? [`There are more ranks than the ${digits(machine.cores)} cores.`] : []),
  ].join('\n\n');
}
