import * as tf from '@tensorflow/tfjs-core';
import type { BinaryBatch, DemonstrationBatch, LogpRows, Loss, PreferenceBatch, PreparedRows, Rows } from '../contract';
import type { Probe, Side } from './probe';

/** The needs that a loss was seen to read. */
export type Reads = Set<string>;

/** The batch that `prepare` gets: what the loss declares to need and nothing else, in single precision, as a trainer has it. */
export function preparedBatch(
  { feedback, needs = {} }: Loss,
  { sides, desirable, kl, groups }: Probe,
  reads: Reads = new Set(),
): DemonstrationBatch | BinaryBatch | PreferenceBatch {
  const rows = ({ policy, reference, values }: Side): PreparedRows =>
    recorded(
      {
        lengths: policy.map((row) => row.length),
        ...(needs.policyInPrepare && { policy: single(policy) }),
        ...(needs.reference && { reference: single(reference) }),
        ...(needs.values && { values: single(values) }),
      },
      reads,
      { policy: 'policyInPrepare', reference: 'reference', values: 'values' },
    );
  const [first, second] = sides as [Side, Side];
  if (feedback === 'preferences') return { chosen: rows(first), rejected: rows(second) };
  if (feedback === 'demonstrations') return { rows: rows(first) };
  const { policy, reference } = kl;
  const mismatched = {
    lengths: policy.map((row) => row.length),
    policy: single(policy),
    ...(needs.reference && { reference: single(reference) }),
  };
  const batch: BinaryBatch = {
    rows: rows(first),
    desirable,
    ...(needs.kl && { kl: recorded(mismatched, reads, { policy: 'kl', reference: 'kl', lengths: 'kl' }) }),
    ...(needs.groups && { groups }),
  };
  return recorded(batch, reads, { groups: 'groups' });
}

export interface TensorOptions {
  /** What stands behind a response's end, where nothing may depend on it. */
  readonly padding?: number;
  readonly reads?: Reads;
  /** Told of every tensor that the policy says, by name; gives back what takes its place, such as a variable. */
  readonly hold?: <T extends tf.Tensor>(name: 'policy' | 'values' | 'scores', tensor: T) => T;
}

/** Some rows of a side as `losses` gets them, padded to the longest. */
export function tensorRows(
  { needs = {} }: Loss,
  side: Side,
  places: readonly number[],
  options: TensorOptions = {},
): Rows {
  const { padding = 0, reads = new Set(), hold = (_, tensor) => tensor } = options;
  const longest = Math.max(1, ...places.map((i) => side.policy[i]?.length ?? 0));
  const matrix = (rows: Side['policy'], behind: number) =>
    tf.tensor2d(
      places.flatMap((i) => Array.from({ length: longest }, (_, t) => rows[i]?.[t] ?? behind)),
      [places.length, longest],
    );
  const mask = matrix(
    side.policy.map((row) => row.map(() => 1)),
    0,
  );
  return recorded<Rows>(
    {
      policy: { tokens: hold('policy', matrix(side.policy, padding)), mask },
      ...(needs.reference && { reference: { tokens: matrix(side.reference, 2 * padding), mask } }),
      ...(needs.values && { values: hold('values', matrix(side.values, padding)) }),
      ...(needs.scores && { scores: hold('scores', tf.tensor1d(places.map((i) => side.scores[i] as number))) }),
    },
    reads,
    { reference: 'reference', values: 'values', scores: 'scores' },
  );
}

/** The same numbers as a trainer keeps them. */
function single(rows: Side['policy']): LogpRows {
  return rows.map((row) => Float32Array.from(row));
}

/** The same object, which notes under their names the properties that are read. */
function recorded<T extends object>(object: T, reads: Reads, names: Partial<Record<keyof T, string>>): T {
  return new Proxy(object, {
    get(target, key) {
      const name = names[key as keyof T];
      if (name !== undefined && key in target) reads.add(name);
      return Reflect.get(target, key);
    },
  });
}
