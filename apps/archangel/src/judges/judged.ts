import { type Estimate, lengthControlled, meanInterval, type WinRate, winRateWithoutTies } from '@halokit/evaluation';
import type { Spending } from '@halokit/evaluation/node';
import type { AnsweredModel } from './answered_model';
import type { FoundJudge } from './found_judge';
import { points } from './paired_difference';
import type { Pairs } from './pairs';

interface Named {
  readonly model: string;
  readonly method: string;
}

/** What came of judging one model, as it is written into `METHOD-judged-BASELINE-JUDGE.json`. */
export interface Judged {
  readonly candidate: Named;
  readonly baseline: 'target' | Named;
  readonly judge: Pick<FoundJudge, 'name' | 'question' | 'endpoint'>;
  readonly counts: {
    readonly win: number;
    readonly tie: number;
    readonly loss: number;
    readonly unparsable: number;
    readonly orderDependent: number;
    /** Prompts that no response is preferred for, and that were left out. */
    readonly withoutTarget: number;
  };
  readonly rate: Estimate;
  readonly rateWithoutTies: Estimate;
  /** Absent where tokens are not known, or where nothing tells length from quality. */
  readonly lengthControlled?: Estimate;
  /** Absent where those of the target are not known. */
  readonly meanTokens?: { readonly candidate: Estimate; readonly baseline: Estimate };
  readonly cost?: Omit<Spending, 'paid'>;
}

/** The figures of a contest. Lengths are of all pairs, also of those without a verdict. */
export function judgedOf(
  { candidate, baseline, pairs, without }: Pairs,
  result: WinRate,
  judge: FoundJudge,
  cost?: Judged['cost'],
): Judged {
  const { wins: win, ties: tie, losses: loss, unparsable, orderDependent } = result;
  const tokens = pairs.map((pair) => pair.candidate.tokens);
  const baselineTokens = pairs.flatMap((pair) => pair.baselineTokens ?? []);
  const known = baselineTokens.length === pairs.length;
  const controlled = known ? atEqualLength(result, tokens, baselineTokens) : undefined;
  const { name, question, endpoint } = judge;
  return {
    candidate: named(candidate),
    baseline: baseline ? named(baseline) : 'target',
    judge: { name, ...(question && { question }), ...(endpoint !== undefined && { endpoint }) },
    counts: { win, tie, loss, unparsable, orderDependent, withoutTarget: without },
    rate: result.rate,
    rateWithoutTies: winRateWithoutTies(result),
    ...(controlled && { lengthControlled: controlled }),
    ...(known && { meanTokens: { candidate: meanInterval(tokens), baseline: meanInterval(baselineTokens) } }),
    ...(cost && { cost }),
  };
}

function named({ model, method }: AnsweredModel): Named {
  return { model, method };
}

function atEqualLength(result: WinRate, tokens: readonly number[], baseline: readonly number[]): Estimate | undefined {
  const judged = result.outcomes.flatMap((outcome, i) => {
    const worth = points[outcome];
    return worth === undefined ? [] : [{ worth, candidate: tokens[i] as number, baseline: baseline[i] as number }];
  });
  if (judged.length === 0) return undefined;
  const estimate = lengthControlled({
    outcomes: judged.map(({ worth }) => worth),
    candidateTokens: judged.map(({ candidate }) => candidate),
    baselineTokens: judged.map(({ baseline }) => baseline),
  });
  return Number.isFinite(estimate.value) ? estimate : undefined;
}
