import type { Estimate } from '@halokit/evaluation';

/** One figure of an evaluation, by name. */
export interface Figure {
  readonly name: string;
  readonly estimate: Estimate;
  readonly unit: 'share' | 'nats' | 'reward' | 'score';
  /** What it would be if the model told nothing apart. */
  readonly noEffect?: number;
  /** Of there being no effect: two-sided, and of this one comparison. */
  readonly pValue?: number;
}
