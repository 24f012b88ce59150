import type { LossDeclaration, LossNeeds } from './contract';

/** Rewards in a batch, without gradient and before beta, one number per example. */
export interface BatchRewards {
  /** Of the examples; where the reference point needs `policyInPrepare`. */
  readonly examples: readonly number[];
  /** Of the mismatched rows; where it needs `kl`. */
  readonly mismatched: readonly number[];
}

/** Where gains begin: an estimate of the reward to be expected, without gradient. */
export interface ReferencePoint<T = unknown> {
  readonly needs: Pick<LossNeeds, 'kl' | 'policyInPrepare'>;
  readonly statisticsOver?: LossDeclaration['statisticsOver'];
  readonly initialState?: T;
  /** Its name among the metrics. */
  readonly metric: string;
  estimate(rewards: BatchRewards, state: T): { readonly z0: number; readonly state?: T; readonly sample?: Sample };
}

/** What an estimate rests on: how many rewards, their mean, and their standard deviation about it (n in its denominator). */
export interface Sample {
  readonly pairs: number;
  readonly mean: number;
  readonly std: number;
}

export interface MismatchedOptions {
  /** Over what it is estimated: the whole effective batch, or each microbatch as the peers do. */
  readonly over?: 'batch' | 'microbatch';
  /** Rows in the mean. HALOs' main branch leaves out those whose reward is exactly 0. */
  readonly rows?: 'all' | 'nonzero';
  /** A KL divergence is not negative, so its estimate is not either; a mean of log-probabilities is. */
  readonly clamp?: boolean;
}

/**
 * The mean reward of mismatched rows, a prompt with the response to another: z0 = max(0, mean_j r(x_j, y_k)).
 *
 * Of log-ratios it estimates KL(policy || reference), in nats, from below. Its sample says how far to trust it: the
 * standard error is std / sqrt(pairs), and a mean below 0 is what the clamp hides.
 *
 * Source: Ethayarajh et al., "KTO: Model Alignment as Prospect Theoretic Optimization", section 4.1.
 */
export function mismatchedMean({ over = 'batch', rows = 'all', clamp = true }: MismatchedOptions = {}): ReferencePoint {
  return {
    needs: { kl: true },
    statisticsOver: over,
    metric: clamp ? 'kl' : 'reference_point',
    estimate({ mismatched }) {
      const counted = mismatched.filter((reward) => rows === 'all' || reward !== 0);
      const pairs = counted.length;
      const mean = sum(counted) / Math.max(pairs, 1);
      const std = Math.sqrt(sum(counted.map((reward) => (reward - mean) ** 2)) / Math.max(pairs, 1));
      return { z0: clamp ? Math.max(0, mean) : mean, sample: { pairs, mean, std } };
    },
  };
}

/** The same point for every batch. */
export function fixedPoint(z0 = 0): ReferencePoint {
  return { needs: {}, metric: 'reference_point', estimate: () => ({ z0 }) };
}

/** How many rewards there were so far, and their mean. */
export interface RunningMean {
  readonly count: number;
  readonly mean: number;
}

/**
 * The mean of all rewards so far, those of the batch included.
 *
 * Source: Jung et al., "Binary Classifier Optimization for Large Language Model Alignment", section 3.3.
 */
export function runningMean(): ReferencePoint<RunningMean> {
  return {
    needs: { policyInPrepare: true },
    initialState: { count: 0, mean: 0 },
    metric: 'reference_point',
    estimate({ examples }, { count, mean }) {
      const total = count + examples.length;
      if (total === 0) return { z0: mean, state: { count, mean } };
      const next = mean + (sum(examples) - examples.length * mean) / total;
      return { z0: next, state: { count: total, mean: next } };
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
