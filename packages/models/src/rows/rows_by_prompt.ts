import type { TokenRow } from './token_row';

/** Places of the rows that have a prompt in common, prompts in the order in which they first come. */
export function rowsByPrompt(rows: readonly TokenRow[]): number[][] {
  const groups = new Map<string, number[]>();
  rows.forEach(({ prompt }, i) => {
    const key = prompt.join();
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  });
  return [...groups.values()];
}
