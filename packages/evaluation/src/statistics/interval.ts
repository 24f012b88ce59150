/** An estimate with its confidence interval (95 % unless said otherwise) and what it rests on. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Observations behind it. */
  readonly n: number;
}
