import { type Estimate, newcombe, wilson } from '@halokit/evaluation';
import {
  type PublishedCount,
  publishedCounts,
  publishedFractions,
  publishedMistral,
} from '../../report/archangel_counts';

/** What the authors' judge counted of one of their models, as rates. */
export interface PublishedFigure {
  readonly model: string;
  /** Wins and half of what is neither win nor loss, of all judgments, with Wilson's interval. */
  readonly rate: Estimate;
  readonly meanTokens: number;
  readonly targetTokens: number;
}

/** The suite's models, the smallest of a family first. */
export const publishedModels = [...new Set(publishedCounts.map(({ model }) => model))];

/** By model, for a method of the suite; none for another. */
export function publishedOf(method: string): PublishedFigure[] {
  return publishedCounts.filter((row) => row.method === method).map(figureOf);
}

/** Llama 7B by KTO with a share of one class, from all of it down; the other is whole. */
export function publishedShares(kept: 'desirable' | 'undesirable'): (PublishedFigure & { readonly share: number })[] {
  const other = kept === 'desirable' ? 'undesirable' : 'desirable';
  return publishedFractions
    .filter((row) => row[other] === 1)
    .map((row) => ({ ...figureOf(row), share: row[kept] }))
    .sort((a, b) => b.share - a.share);
}

/** Mistral 7B on OASST. */
export function publishedOnMistral(): (PublishedFigure & { readonly method: string })[] {
  return publishedMistral.map((row) => ({ ...figureOf(row), method: row.method }));
}

/** The difference of two rates, with Newcombe's interval, as if other prompts had been asked. */
export function publishedDifference(of: PublishedFigure, against: PublishedFigure): Estimate {
  return newcombe(successesOf(of), successesOf(against));
}

/** In which direction its interval leaves no difference out: 1, -1, or 0 where it does not. */
export function directionOf({ low, high }: Estimate): -1 | 0 | 1 {
  return low > 0 ? 1 : high < 0 ? -1 : 0;
}

function successesOf({ rate: { value, n } }: PublishedFigure) {
  return { successes: value * n, n };
}

function figureOf({ model, judgments, wins, losses, meanTokens, targetTokens }: PublishedCount): PublishedFigure {
  const ties = judgments - wins - losses;
  return { model, rate: wilson(wins + ties / 2, judgments), meanTokens, targetTokens };
}
