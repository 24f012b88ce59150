import {
  archangelControlTokens,
  type Feedback,
  Tally,
  type TokenizedBinary,
  type TokenizedDemonstration,
  type TokenizedPreference,
  type TokenizeOptions,
  toBinary,
  toDemonstrations,
  tokenizeBinary,
  tokenizeDemonstrations,
  tokenizePreferences,
} from '@halokit/data';
import {
  auc,
  type Estimate,
  heldOutBinaryRewards,
  heldOutLoss,
  lossPerToken,
  meanInterval,
  pairLogRatios,
  summarise,
} from '@halokit/evaluation';
import type { Loss } from '@halokit/losses';
import { type CausalLM, plainOutputs, type TokenRow } from '@halokit/models';
import type { Reference } from '@halokit/trainer';
import { progress } from '../terminal/progress';

/** One figure of an evaluation, by name. */
export interface Figure {
  readonly name: string;
  readonly estimate: Estimate;
  readonly unit: 'share' | 'nats' | 'reward' | 'score';
  /** What it would be if the model told nothing apart. */
  readonly noEffect?: number;
}

/** Held-out examples, tokenized: what there is to say depends on their kind. */
export type HeldOutExamples =
  | { readonly kind: 'demonstrations'; readonly examples: readonly TokenizedDemonstration[] }
  | { readonly kind: 'preferences'; readonly examples: readonly TokenizedPreference[] }
  | { readonly kind: 'binary'; readonly examples: readonly TokenizedBinary[] };

/**
 * Tokenizes held-out feedback: as it is for a loss that tells good from bad, and for one that imitates what is worth
 * imitating, after the good control token where it has learnt with control tokens.
 */
export function heldOutExamples(
  feedback: Feedback,
  { feedback: kind, needs }: Loss,
  options: TokenizeOptions,
): HeldOutExamples {
  const tally = new Tally();
  if (needs?.controlTokens) {
    const good = toBinary(feedback).filter(({ desirable }) => desirable);
    const controlled = { ...options, controlTokens: archangelControlTokens };
    return { kind: 'demonstrations', examples: tokenizeBinary(good, controlled, tally) };
  }
  if (kind === 'demonstrations') {
    return { kind, examples: tokenizeDemonstrations(toDemonstrations(feedback), options, tally) };
  }
  return feedback.kind === 'preferences'
    ? { kind: 'preferences', examples: tokenizePreferences(feedback.examples, options, tally) }
    : { kind: 'binary', examples: tokenizeBinary(toBinary(feedback), options, tally) };
}

/** The rows that `evaluate` asks the reference for. */
export function heldOutRows(heldOut: HeldOutExamples, byScores: boolean): readonly TokenRow[] {
  if (heldOut.kind === 'demonstrations') return heldOut.examples;
  if (byScores) return [];
  return heldOut.kind === 'binary' ? heldOut.examples : pairRows(heldOut.examples);
}

export interface Evaluation {
  readonly policy: CausalLM;
  /** The model the policy started from. */
  readonly reference: Reference;
  readonly heldOut: HeldOutExamples;
  /** Judge by the scores of the policy's reward head rather than by its implied reward. */
  readonly byScores: boolean;
  /** Scale of the implied rewards. */
  readonly beta: number;
  readonly rowsAtOnce: number;
  /** Without a bar of its own: it is a part of something that has one. */
  readonly silent?: boolean;
}

/**
 * What can be said of a policy on examples it was not trained on. Its reward is the implied one, beta times the log-ratio to
 * the model it started from, or a reward head's score.
 *
 *     pairs            how well the reward tells chosen from rejected, beside the rule "the shorter answer wins"
 *     thumbs           mean reward of either class, and the area under the ROC curve
 *     demonstrations   the loss per token, before and after
 */
export async function evaluate(evaluation: Evaluation): Promise<Figure[]> {
  const { policy, reference, heldOut, byScores, rowsAtOnce } = evaluation;
  const word = byScores ? 'score' : 'reward';
  switch (heldOut.kind) {
    case 'demonstrations': {
      const { examples } = heldOut;
      const before = lossPerToken(await reference.logps(examples));
      const after = await heldOutLoss(policy, examples, { rowsAtOnce });
      return [
        { name: 'loss per token, before', estimate: before, unit: 'nats' },
        { name: 'loss per token, after', estimate: after, unit: 'nats' },
      ];
    }
    case 'preferences': {
      const { accuracy, shorterWins, margin } = await pairRewards(evaluation, heldOut.examples);
      return [
        { name: `${word} accuracy`, estimate: accuracy, unit: 'share', noEffect: 0.5 },
        { name: 'rule "the shorter answer wins"', estimate: shorterWins, unit: 'share' },
        { name: `${word} margin`, estimate: margin, unit: word, noEffect: 0 },
      ];
    }
    case 'binary': {
      const { desirable, undesirable, area } = await thumbRewards(evaluation, heldOut.examples);
      const n = heldOut.examples.length;
      return [
        { name: `${word} of desirable answers`, estimate: desirable, unit: word },
        { name: `${word} of undesirable answers`, estimate: undesirable, unit: word },
        {
          name: 'area under the ROC curve',
          estimate: { value: area, low: Number.NaN, high: Number.NaN, n },
          unit: 'share',
          noEffect: 0.5,
        },
      ];
    }
  }
}

async function pairRewards(evaluation: Evaluation, preferences: readonly TokenizedPreference[]) {
  const { policy, reference, byScores, beta, rowsAtOnce, silent } = evaluation;
  const rows = pairRows(preferences);
  if (byScores) {
    const scores = await scoresOf(policy, rows, rowsAtOnce);
    const sides = preferences.map((_, i) => ({
      chosen: scores[2 * i] as number,
      rejected: scores[2 * i + 1] as number,
    }));
    return summarise(preferences, sides, 1);
  }
  const known = await reference.logps(rows);
  const referenceLogps = preferences.map((_, i) => ({
    chosen: known[2 * i] as Float32Array,
    rejected: known[2 * i + 1] as Float32Array,
  }));
  const bar = silent ? undefined : progress('evaluating', preferences.length);
  const onProgress = (done: number) => bar?.update(done);
  const ratios = await pairLogRatios({ policy, referenceLogps, preferences, rowsAtOnce, onProgress });
  bar?.end();
  return summarise(preferences, ratios, beta);
}

/** Chosen and rejected of a pair next to each other. */
function pairRows(preferences: readonly TokenizedPreference[]): TokenRow[] {
  return preferences.flatMap(({ prompt, chosen, rejected }) =>
    [chosen, rejected].map((response) => ({ prompt, response })),
  );
}

async function thumbRewards(evaluation: Evaluation, examples: readonly TokenizedBinary[]) {
  const { policy, reference, byScores, beta, rowsAtOnce } = evaluation;
  if (!byScores) {
    const referenceLogps = await reference.logps(examples);
    const { auc: area, ...means } = await heldOutBinaryRewards({ policy, referenceLogps, examples, beta, rowsAtOnce });
    return { area, ...means };
  }
  const scores = await scoresOf(policy, examples, rowsAtOnce);
  const of = (thumb: boolean) => scores.filter((_, i) => examples[i]?.desirable === thumb);
  const [up, down] = [of(true), of(false)];
  return { area: auc(up, down), desirable: meanInterval(up), undesirable: meanInterval(down) };
}

async function scoresOf(model: CausalLM, rows: readonly TokenRow[], rowsAtOnce: number): Promise<number[]> {
  const { scores } = await plainOutputs(model, rows, ['scores'], { rowsAtOnce });
  return Array.from(scores);
}
