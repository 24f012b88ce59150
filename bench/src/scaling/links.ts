import { allReduceExchange, collectiveSeconds } from '@halokit/trainer';

/** An all-reduce that was timed between hosts, over lines of a known rate. */
export interface LinkPoint {
  /** `Open MPI 4.1.4` */
  readonly library: string;
  readonly ranks: number;
  readonly bitsPerSecond: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Of an all-reduce of one number, on the same line in the same run. */
  readonly secondsOfOne: number;
}

/** What was measured of the network, on one machine. */
export interface Links {
  readonly date: string;
  readonly machine: string;
  /** Programs that ran or waited for a core as it began, a minute's average; and cores. */
  readonly load: number;
  readonly cores: number;
  /** What held lines to their rate: `netem` or `tbf`. */
  readonly shaper: string;
  readonly points: readonly LinkPoint[];
  /** What hung each time it was started, and has no point. */
  readonly hung: readonly string[];
}

/** Seconds of the all-reduce by the α-β model, where α is what one number took and β the line's rate. */
export function predicted({ ranks, bitsPerSecond, bytes, secondsOfOne }: LinkPoint): number {
  const latencySeconds = secondsOfOne / allReduceExchange(4, ranks).messages;
  return collectiveSeconds(allReduceExchange(bytes, ranks), { bytesPerSecond: bitsPerSecond / 8, latencySeconds });
}
