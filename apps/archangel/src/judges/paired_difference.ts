import { type Estimate, holm, type Outcome, pairedBootstrap } from '@halokit/evaluation';

/** What became of a prompt, by the prompt's id. */
export type PromptOutcome = readonly [id: string, outcome: Outcome];

/** Points of the candidate; without a verdict there are none. */
export const points: Readonly<Record<Outcome, number | undefined>> = {
  win: 1,
  tie: 0.5,
  loss: 0,
  unparsable: undefined,
};

/**
 * How much more often one model wins than another, each held against the same baseline, on the prompts that both were judged
 * on: the difference of their shares, with a paired bootstrap. A prompt that was answered several times counts with its mean.
 *
 * @returns nothing where fewer than two prompts are shared
 */
export function pairedDifference(
  a: readonly PromptOutcome[],
  b: readonly PromptOutcome[],
  seed: number,
): { readonly estimate: Estimate; readonly pValue: number } | undefined {
  const [ofA, ofB] = [pointsByPrompt(a), pointsByPrompt(b)];
  const both = [...ofA.keys()].filter((id) => ofB.has(id));
  if (both.length < 2) return undefined;
  const on = (of: ReadonlyMap<string, number>) => both.map((id) => of.get(id) as number);
  const { pValue, ...estimate } = pairedBootstrap({ a: on(ofA), b: on(ofB), seed });
  return { estimate, pValue };
}

function pointsByPrompt(outcomes: readonly PromptOutcome[]): Map<string, number> {
  const all = new Map<string, number[]>();
  for (const [id, outcome] of outcomes) {
    const worth = points[outcome];
    if (worth !== undefined) all.set(id, [...(all.get(id) ?? []), worth]);
  }
  return new Map([...all].map(([id, list]) => [id, list.reduce((sum, x) => sum + x, 0) / list.length]));
}

/** With p-values corrected for how many comparisons there are (Holm). */
export function corrected<T extends { readonly pValue: number }>(all: readonly T[]): (T & { corrected: number })[] {
  const pValues = holm(all.map(({ pValue }) => pValue));
  return all.map((comparison, i) => ({ ...comparison, corrected: pValues[i] as number }));
}
