import type { CellResult, Counts } from '../results/grid_results';

/** A number that a cell came to, if it is known. */
export type Measure = (cell: CellResult) => number | undefined;

/** Share of pairs that were won against the target, a tie counting half; what could not be parsed is left out. */
export const winRate: Measure = ({ counts }) => rateOf(counts);

/** The same of one data set. */
export function winRateOn(set: string): Measure {
  return ({ bySet }) => rateOf(bySet?.[set]);
}

export const meanTokens: Measure = (cell) => cell.meanTokens;

export const targetTokens: Measure = (cell) => cell.targetTokens;

export function heldOut(figure: string): Measure {
  return (cell) => cell.heldOut[figure];
}

function rateOf(counts: Counts | undefined): number | undefined {
  if (!counts) return undefined;
  const { win, tie, loss } = counts;
  const judged = win + tie + loss;
  return judged === 0 ? undefined : (win + tie / 2) / judged;
}
