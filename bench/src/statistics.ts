/** The middle of some measurements, and how far they spread. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The middle value, or the mean of the two in the middle.
 *
 * @throws RangeError for no values
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('There is no median of no values.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}

/** Median, least and greatest: with a handful of values quartiles would pretend to more. */
export function summary(values: readonly number[]): Summary {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/**
 * How many times as long the peer takes as we do: the median over rounds of the ratio of the two medians within the
 * round. Within a round both ran next to each other, so what slows the machine for minutes slows both.
 *
 * @param ours measurements by round
 * @param peers as ours
 */
export function ratioByRound(ours: readonly (readonly number[])[], peers: readonly (readonly number[])[]): Summary {
  if (ours.length !== peers.length)
    throw new RangeError(`${ours.length} rounds of ours, ${peers.length} of the peer's.`);
  return summary(ours.map((round, i) => median(peers[i] as readonly number[]) / median(round)));
}
