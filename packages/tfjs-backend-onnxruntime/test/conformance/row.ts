import type { Tensor } from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import type { Input } from './inputs';
import type { Tolerance } from './tolerance';

/** A call to make on both backends. */
export interface Case {
  readonly inputs: readonly Input[];
  readonly attributes: unknown;
  readonly run: (tensors: readonly Tensor[]) => Tensor | Tensor[];
}

/** How a kernel is held against the reference. */
export interface Row {
  readonly kernel: string;
  readonly cases: fc.Arbitrary<Case>;
  readonly tolerance: Tolerance;
}

/** Inputs, and whatever else the call takes. */
export type Arguments<Attributes> = { readonly inputs: readonly Input[] } & Attributes;

/** A row whose program is called with as many tensors as there are inputs. */
export function row<Attributes>(
  kernel: string,
  calls: fc.Arbitrary<Arguments<Attributes>>,
  run: (tensors: readonly Tensor[], attributes: Attributes) => Tensor | Tensor[],
  tolerance: Tolerance = {},
): Row {
  const cases = calls.map((call) => {
    const { inputs, ...attributes } = call;
    return {
      inputs,
      attributes,
      run: (tensors: readonly Tensor[]) => run(tensors, call),
      [fc.toStringMethod]: () => `${kernel}(${fc.stringify(inputs)}, ${fc.stringify(attributes)})`,
    };
  });
  return { kernel, cases, tolerance };
}

/** A row of a kernel of one tensor. */
export function unary(
  kernel: string,
  inputs: fc.Arbitrary<Input>,
  run: (x: Tensor) => Tensor | Tensor[],
  tolerance?: Tolerance,
): Row {
  return row(kernel, one(inputs), ([x]) => run(x as Tensor), tolerance);
}

/** A row of a kernel of two tensors. */
export function binary(
  kernel: string,
  inputs: fc.Arbitrary<readonly [Input, Input]>,
  run: (a: Tensor, b: Tensor) => Tensor | Tensor[],
  tolerance?: Tolerance,
): Row {
  return row(
    kernel,
    inputs.map((pair) => ({ inputs: pair })),
    ([a, b]) => run(a as Tensor, b as Tensor),
    tolerance,
  );
}

function one(inputs: fc.Arbitrary<Input>): fc.Arbitrary<Arguments<object>> {
  return inputs.map((input) => ({ inputs: [input] }));
}
