/**
 * Which of the keys are equal: one number per key, 0, 1, 2, ... in the order in which the keys first come, the same for
 * equal ones.
 */
export function groupNumbers(keys: readonly string[]): number[] {
  const numbers = new Map<string, number>();
  return keys.map((key) => {
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
}

/** Places of equal keys together, each group in order, groups in the order in which their keys first come. */
export function groupsOf(keys: readonly string[]): number[][] {
  const groups: number[][] = [];
  groupNumbers(keys).forEach((group, place) => {
    groups[group] ??= [];
    groups[group].push(place);
  });
  return groups;
}
