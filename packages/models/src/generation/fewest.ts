/**
 * The fewest highest-scored ids whose masses together reach a sum; of equal scores the lower id comes first. It partitions
 * instead of sorting, so it takes a time in proportion to the number of ids. All ids where they do not reach it.
 *
 * @param ids ascending
 * @param scores by id, none of them NaN
 * @param masses by id, not negative; their sums must be exact, or the order in which they are added would matter
 * @returns ids, in no particular order
 */
export function fewest(ids: Int32Array, scores: Float32Array, masses: Float64Array, sum: number): Int32Array {
  const kept = new Int32Array(ids.length);
  let count = 0;
  let undecided = ids;
  let missing = sum;
  while (undecided.length > 0 && missing > 0) {
    const pivot = scores[undecided[undecided.length >> 1] as number] as number;
    const { above, level, below } = partition(undecided, scores, pivot);
    const massAbove = massOf(above, masses);
    if (massAbove >= missing) {
      undecided = above;
      continue;
    }
    kept.set(above, count);
    count += above.length;
    missing -= massAbove;
    for (let i = 0; i < level.length && missing > 0; i++) {
      const id = level[i] as number;
      kept[count++] = id;
      missing -= masses[id] as number;
    }
    undecided = below;
  }
  return kept.subarray(0, count);
}

/** Ids by whether their scores are above a pivot, level with it or below, each in the order they came in. */
function partition(ids: Int32Array, scores: Float32Array, pivot: number) {
  const [above, level, below] = [ids, ids, ids].map(({ length }) => new Int32Array(length)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  let [a, l, b] = [0, 0, 0];
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    const score = scores[id] as number;
    if (score > pivot) above[a++] = id;
    else if (score < pivot) below[b++] = id;
    else level[l++] = id;
  }
  return { above: above.subarray(0, a), level: level.subarray(0, l), below: below.subarray(0, b) };
}

function massOf(ids: Int32Array, masses: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < ids.length; i++) sum += masses[ids[i] as number] as number;
  return sum;
}
