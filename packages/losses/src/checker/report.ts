/**
 * Which of the paper's definitions a loss is held against.
 *
 *     'v1'       f(x, y) = t(v(r(x, y) - E_Q[r(x, y')])), t negative affine
 *     'signed'   f(x, y) = a(x, y) v(r(x, y) - E_Q[r(x, y')]) + a constant; a is -1 if y is desirable, +1 if not
 *
 * In both v is non-decreasing everywhere and concave in gains, z > 0, and one v serves every example.
 *
 * Source: Ethayarajh et al., "KTO: Model Alignment as Prospect Theoretic Optimization", Definition 3.4; 'v1' is the first
 * version and the technical report before it, 'signed' a later version.
 */
export type HaloDefinition = 'v1' | 'signed';

/** What of a response a loss depends on: a sum or a mean over its tokens. Log-probabilities are log-ratios to a uniform reference. */
export type RewardKind = 'log-ratio' | 'mean log-ratio' | 'log-probability' | 'mean log-probability';

/** A class of examples. Pairs and demonstrations are all desirable. */
export type ExampleClass = 'desirable' | 'undesirable';

/** What a checked loss turned out to be. */
export interface HaloReport {
  /** The loss's own name, as a label. */
  readonly loss: string;
  readonly definition: HaloDefinition;
  /** Every clause holds. */
  readonly meets: boolean;
  /** Absent where the loss depends on the policy through none of these. */
  readonly reward?: RewardKind;
  readonly clauses: readonly Clause[];
  readonly properties: ProspectProperties;
  /** Loss of a desirable over that of an undesirable example, where they differ by that factor and are of one shape. */
  readonly classWeight?: number;
}

export type ClauseName = 'reward' | 'reference point' | 'non-decreasing' | 'concave in gains' | 'one v';

/** One clause of the definition. It is checked whether or not the others hold. */
export interface Clause {
  readonly name: ClauseName;
  /** `unclear`: the numbers do not tell, because the loss hardly moves or is no number. */
  readonly verdict: Verdict;
  /** One sentence. */
  readonly detail: string;
  /** Present where the clause fails on numbers. */
  readonly counterExample?: CounterExample;
}

export type Verdict = 'holds' | 'fails' | 'unclear';

/** Inputs and what the loss made of them. */
export interface CounterExample {
  readonly says: string;
  readonly numbers: Readonly<Record<string, number | readonly number[]>>;
}

/** What prospect theory says of people, and whether the loss's v, that of a desirable example, says it too. */
export interface ProspectProperties {
  /** Outcomes are judged by their distance from a reference point. Undefined where the numbers do not tell, here and below. */
  readonly referencePoint?: boolean;
  /** Sensitivity does not grow with gains. */
  readonly concaveInGains?: boolean;
  /** Sensitivity does not grow with losses. */
  readonly convexInLosses?: boolean;
  /** A loss outweighs an equal gain: v(0) - v(-z) is at least v(z) - v(0) at every z, and more at some. */
  readonly lossesLoomLarger?: boolean;
  /**
   * How strong loss aversion is at the reference point: (v(0) - v(-z)) / (v(z) - v(0)) at the smallest z where both are
   * clear of rounding, so about v's slope on the side of losses over its slope on the side of gains. Infinite where
   * gains are worth nothing.
   *
   * Source: Koebberling and Wakker, "An index of loss aversion", 2005.
   */
  readonly lossAversion?: number;
}
