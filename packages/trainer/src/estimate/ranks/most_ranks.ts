/**
 * The most ranks, as a power of two, up to which each is used well: the last before efficiency falls below `least`.
 *
 * @param efficiencyOf of so many ranks, 0 to 1
 */
export function mostRanks(
  efficiencyOf: (ranks: number) => number,
  { least = 0.8, most = 512 }: { readonly least?: number; readonly most?: number } = {},
): number {
  let ranks = 1;
  while (2 * ranks <= most && efficiencyOf(2 * ranks) >= least) ranks *= 2;
  return ranks;
}
