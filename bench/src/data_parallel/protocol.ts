import type { Size } from '../alignment/protocol';

/** What every rank is given, as JSON in its only argument. */
export interface Job {
  readonly size: Size;
  /** A file that holds a `Feedback` of alignment. */
  readonly feedback: string;
  readonly learningRate: number;
}

/** What rank 0 prints at the end. */
export interface Outcome {
  readonly ranks: number;
  /** Of every step when it is done for the second time. */
  readonly seconds: readonly number[];
  readonly losses: readonly number[];
  /** Seconds of each step in which rank 0 waited for others or was summing with them. */
  readonly communication: readonly number[];
  readonly peakBytes: number;
}
