import type { BinaryBatch } from '../contract';
import { advantagesOf, discounted, whitened } from './advantages';

/** What PPO follows, for every response token of the batch. */
export interface PpoGuide {
  readonly advantages: readonly (readonly number[])[];
  /** What the values should have been. */
  readonly targets: readonly (readonly number[])[];
}

export interface GuideOptions {
  /** `value-head`: advantages from a learnt baseline. `none`: +1 on every token of a good response, -1 of a bad one. */
  readonly critic?: 'value-head' | 'none';
  /** What the value head learns: the discounted reward, or as legacy HALOs only what comes after the token. */
  readonly criticTarget?: 'reward-included' | 'reward-excluded';
  /** Discount by token. */
  readonly gamma?: number;
  /** How far advantages look ahead: 0 one step, 1 to the end. */
  readonly gaeLambda?: number;
}

/** Advantages from the values of a critic, or without one +-1 on every token. @throws Error for a critic without values */
export function guide({ rows, desirable }: BinaryBatch, options: Required<GuideOptions>): PpoGuide {
  const { critic, criticTarget, gamma, gaeLambda } = options;
  const scores = desirable.map((thumb) => (thumb ? 1 : -1));
  if (critic === 'none') {
    return {
      advantages: rows.lengths.map((length, i) => Array<number>(length).fill(scores[i] as number)),
      targets: [],
    };
  }
  const { values } = rows;
  if (!values) throw new Error('PPO with a critic got no values: train a model with a value head.');
  const advantages = values.map((row, i) => advantagesOf(scores[i] as number, row, gamma, gaeLambda));
  const targets = values.map((row, i) => {
    const rewards = discounted(scores[i] as number, row.length, gamma);
    return criticTarget === 'reward-included' ? rewards : [...rewards.slice(1), 0];
  });
  return { advantages: whitened(advantages), targets };
}
