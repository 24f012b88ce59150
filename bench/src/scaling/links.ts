import { allReduceExchange, collectiveSeconds } from '@halokit/trainer';

/** An all-reduce that was timed between hosts, over lines of a known rate. */
export interface LinkPoint {
  /** `Open MPI 4.1.4` */
  readonly library: string;
  readonly ranks: number;
  readonly bitsPerSecond: number;
  readonly bytes: number;
  /** The median, the least and the most of all rounds. */
  readonly seconds: number;
  readonly range: readonly [number, number];
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

/** How much of a line's rate the all-reduce of a library reaches among so many ranks. */
export interface LineShare {
  /** The largest array on the slowest line. */
  readonly fittedTo: LinkPoint;
  readonly share: number;
  /** The other arrays and lines, of which the share knows nothing. */
  readonly others: readonly LinkPoint[];
}

/** The shares of lines, by library and ranks. */
export function lineShares(points: readonly LinkPoint[]): LineShare[] {
  const keyOf = ({ library, ranks }: LinkPoint) => `${library}, ${ranks}`;
  return [...new Set(points.map(keyOf))].map((key) => shareOf(points.filter((point) => keyOf(point) === key)));
}

function shareOf(points: readonly LinkPoint[]): LineShare {
  const slowest = Math.min(...points.map(({ bitsPerSecond }) => bitsPerSecond));
  const onSlowest = points.filter(({ bitsPerSecond }) => bitsPerSecond === slowest);
  const fittedTo = onSlowest.reduce((most, point) => (point.bytes > most.bytes ? point : most));
  const waiting = predicted(fittedTo, Number.POSITIVE_INFINITY);
  const share = (predicted(fittedTo, 1) - waiting) / (fittedTo.seconds - waiting);
  return { fittedTo, share, others: points.filter((point) => point !== fittedTo) };
}

/** Seconds of the all-reduce by the α-β model, where α is what one number took and β a share of the line's rate. */
export function predicted({ ranks, bitsPerSecond, bytes, secondsOfOne }: LinkPoint, share: number): number {
  const latencySeconds = secondsOfOne / allReduceExchange(4, ranks).messages;
  const bytesPerSecond = (share * bitsPerSecond) / 8;
  return collectiveSeconds(allReduceExchange(bytes, ranks), { bytesPerSecond, latencySeconds });
}
