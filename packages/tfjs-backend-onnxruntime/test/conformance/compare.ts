import type { DataType, TypedArray } from '@tensorflow/tfjs';
import type { Case } from './row';
import { type Tolerance, usual } from './tolerance';

/** What a tensor turned out to be. */
export interface Outcome {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly values: TypedArray;
}

/**
 * The first difference between what the engine and the reference made of a case, if there is one. Not-a-numbers and
 * infinities must be where the reference has them; 0 and -0 are the same, and so is what is between them and the least
 * float32 that has all its digits.
 */
export function difference(
  { inputs }: Case,
  actual: readonly Outcome[],
  expected: readonly Outcome[],
  { relative = usual, absolute = 0, finiteOnly = false }: Tolerance,
): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} tensors rather than ${expected.length}`;
  const slack = 2 ** -126 + (typeof absolute === 'number' ? absolute : absolute(inputs));
  for (const [t, reference] of expected.entries()) {
    const result = actual[t];
    if (!result) return `no tensor ${t}`;
    if (kind(result) !== kind(reference)) return `tensor ${t} is ${kind(result)} rather than ${kind(reference)}`;
    for (const [i, y] of reference.values.entries()) {
      if (finiteOnly && !Number.isFinite(y)) continue;
      const x = result.values[i];
      if (x === undefined || !close(x, y, relative * Math.abs(y) + slack)) {
        return `tensor ${t}, ${kind(result)}, has ${x} rather than ${y} at ${i}`;
      }
    }
  }
  return undefined;
}

function kind({ dtype, shape, values }: Outcome): string {
  return `${dtype}[${shape}] of ${values.length}`;
}

function close(x: number, y: number, tolerance: number): boolean {
  return Object.is(x, y) || x === y || (Number.isFinite(y) && Math.abs(x - y) <= tolerance);
}
