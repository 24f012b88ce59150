/** Responses as plain numbers, one array per response, and what heads say of them. */
export interface Side {
  readonly policy: readonly (readonly number[])[];
  readonly reference: readonly (readonly number[])[];
  readonly values: readonly (readonly number[])[];
  readonly scores: readonly number[];
}

/** A made-up batch that has everything a loss may need. Preferences have two sides, all else one. */
export interface Probe {
  readonly sides: readonly Side[];
  readonly desirable: readonly boolean[];
  readonly kl: Side;
  readonly groups: readonly number[];
}
