/** What both programs are given, as JSON in their only argument. */
export interface Job {
  readonly measures: readonly Measure[];
}

/** Calls one after the other on one float32 array. */
export interface Measure {
  readonly bytes: number;
  /** Calls that are timed together. */
  readonly calls: number;
  /** How often that is done, after once to warm up. */
  readonly times: number;
}

/** What rank 0 prints at the end. */
export interface Outcome {
  readonly library: string;
  readonly ranks: number;
  /** Seconds a call, of each measure and each time. */
  readonly seconds: readonly (readonly number[])[];
}
