import type { Input } from './inputs';

/** How far a number may be from the reference's. */
export interface Tolerance {
  /** Times the reference's number. 1e-5 unless said. */
  readonly relative?: number;
  /** In units of what the inputs give: for sums that cancel, and for references that are imprecise. */
  readonly absolute?: number | ((inputs: readonly Input[]) => number);
  /** Why the relative tolerance is not the usual one, or what the absolute one makes up for. */
  readonly because?: string;
  /** What the reference has as NaN or infinite may be anything. */
  readonly finiteOnly?: boolean;
}

export const usual = 1e-5;

/** The largest finite magnitude among an input's numbers. */
export function largest({ values }: Input): number {
  return values.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
}

/** For sums of all of an input's numbers, at most. */
export const sum: Tolerance = {
  absolute: (inputs) => 1e-6 * inputs.reduce((total, x) => total + largest(x) * x.values.length, 0),
  because: 'terms of float32 sums cancel, and the order of addition differs',
};
