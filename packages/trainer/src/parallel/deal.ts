/**
 * Deals work out to ranks, so that each has about as much: what costs most first, each to the rank that has least so far. Where
 * there are no fewer pieces than ranks, every rank gets one; rank 0 gets the first.
 *
 * Source: longest processing time first (Graham, "Bounds on Multiprocessing Timing Anomalies", 1969), within 4/3 of the best.
 *
 * @param costs of each piece
 * @returns places of each rank's pieces, in their order
 */
export function deal(costs: readonly number[], ranks: number): number[][] {
  const dealt = Array.from({ length: ranks }, () => ({ sum: 0, places: [] as number[] }));
  const order = [...costs.keys()].sort((a, b) => (costs[b] as number) - (costs[a] as number) || a - b);
  for (const place of order) {
    const least = dealt.reduce((best, hand) => (hand.sum < best.sum ? hand : best));
    least.sum += costs[place] as number;
    least.places.push(place);
  }
  return dealt.map(({ places }) => places.sort((a, b) => a - b));
}
