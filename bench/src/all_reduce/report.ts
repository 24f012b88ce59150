import { table } from '@halokit/evaluation';
import type { Machine } from '../machine';
import { digits, spread } from '../numbers';
import { ratioByRound, summary } from '../statistics';
import type { Family } from './launch';
import type { Measure, Outcome } from './protocol';

/** One launcher, and the programs in turn. */
export interface Measured {
  readonly family: Family;
  readonly ranks: number;
  readonly ours: readonly Outcome[];
  /** As many, or none where Python has no mpi4py of this family. */
  readonly peers: readonly Outcome[];
}

export interface Results {
  readonly date: string;
  readonly machine: Machine;
  readonly measures: readonly Measure[];
  readonly measured: readonly Measured[];
}

/** The results as a person reads them. */
export function report({ measures, measured, machine }: Results): string {
  const parts = measured.map((part) => launcherPart(part, measures));
  return [...parts, `${machine.cpu}, ${machine.cores} cores, ${machine.system}.`].join('\n\n');
}

function launcherPart({ family, ranks, ours, peers }: Measured, measures: readonly Measure[]): string {
  const rows = measures.map(({ bytes }, i) => {
    const [own, peer] = [ours, peers].map((outcomes) => outcomes.map(({ seconds }) => seconds[i] as readonly number[]));
    const time = (rounds: readonly (readonly number[])[] = []) => {
      if (rounds.length === 0) return '';
      const { median, low, high } = summary(rounds.flat());
      return spread({ median: median * 1000, low: low * 1000, high: high * 1000 });
    };
    const ratio = own && peer && peer.length > 0 ? spread(ratioByRound(own, peer)) : '';
    return [`${digits(bytes / 1e6)} MB`, time(own), time(peer), ratio];
  });
  const header = ['sum of float32', 'halokit, ms', 'mpi4py, ms', 'mpi4py: n times halokit’s time'];
  const without = peers.length === 0 ? `\nPython has no mpi4py built for ${family}, so halokit is measured alone.` : '';
  const libraries = [ours[0]?.library, peers[0]?.library].filter((library) => library !== undefined).join('; ');
  return `All-reduce on ${ranks} ranks of one machine (${libraries})\n\n${table(header, rows)}${without}`;
}
