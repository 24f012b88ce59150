import * as tf from '@tensorflow/tfjs-core';
import type { BinaryBatch, DemonstrationBatch, Loss, PreferenceBatch, PreparedRows, Rows } from '../contract';
import type { Probe, Side } from './probe';

/** The needs that a loss was seen to read. */
export type Reads = Set<string>;

/** The batch that `prepare` gets: what the loss declares to need, and nothing else. */
export function preparedBatch(
  { feedback, needs = {} }: Loss,
  { sides, desirable, kl, groups }: Probe,
  reads: Reads,
): DemonstrationBatch | BinaryBatch | PreferenceBatch {
  const rows = ({ policy, reference, values }: Side): PreparedRows =>
    recorded(
      {
        lengths: policy.map((row) => row.length),
        ...(needs.policyInPrepare && { policy }),
        ...(needs.reference && { reference }),
        ...(needs.values && { values }),
      },
      reads,
      { policy: 'policyInPrepare', reference: 'reference', values: 'values' },
    );
  const [first, second] = sides as [Side, Side];
  if (feedback === 'preferences') return { chosen: rows(first), rejected: rows(second) };
  if (feedback === 'demonstrations') return { rows: rows(first) };
  const { policy, reference } = kl;
  const mismatched = { lengths: policy.map((row) => row.length), policy, ...(needs.reference && { reference }) };
  const batch: BinaryBatch = {
    rows: rows(first),
    desirable,
    ...(needs.kl && { kl: recorded(mismatched, reads, { policy: 'kl', reference: 'kl', lengths: 'kl' }) }),
    ...(needs.groups && { groups }),
  };
  return recorded(batch, reads, { groups: 'groups' });
}

export interface TensorOptions {
  /** Of the side, for the names of the variables. */
  readonly name: string;
  readonly padding: number;
  /** Gets one variable for everything that the policy says of the side. */
  readonly variables: Map<string, tf.Variable>;
  readonly reads: Reads;
}

/** Some rows of a side as `losses` gets them, the policy's numbers as variables. */
export function tensorRows({ needs = {} }: Loss, side: Side, places: readonly number[], options: TensorOptions): Rows {
  const { name, padding, variables, reads } = options;
  const longest = Math.max(1, ...places.map((i) => side.policy[i]?.length ?? 0));
  const matrix = (rows: Side['policy'], behind: number) =>
    tf.tensor2d(
      places.flatMap((i) => Array.from({ length: longest }, (_, t) => rows[i]?.[t] ?? behind)),
      [places.length, longest],
    );
  const variable = <T extends tf.Tensor>(input: string, values: T): T => {
    const created = tf.variable(values);
    variables.set(`${input} ${name}`, created);
    return created as unknown as T;
  };
  const mask = matrix(
    side.policy.map((row) => row.map(() => 1)),
    0,
  );
  return recorded<Rows>(
    {
      policy: { tokens: variable('policy', matrix(side.policy, padding)), mask },
      ...(needs.reference && { reference: { tokens: matrix(side.reference, 2 * padding), mask } }),
      ...(needs.values && { values: variable('values', matrix(side.values, padding)) }),
      ...(needs.scores && { scores: variable('scores', tf.tensor1d(places.map((i) => side.scores[i] as number))) }),
    },
    reads,
    { reference: 'reference', values: 'values', scores: 'scores' },
  );
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
