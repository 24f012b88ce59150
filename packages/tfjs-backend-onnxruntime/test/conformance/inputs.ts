import * as fc from 'fast-check';
import { broadcasting, shapes } from './shapes';
import { booleans, floats, integers } from './values';

export type Dtype = 'float32' | 'int32' | 'bool';

/**
 * Where a tensor's numbers are when the kernel is called: in JavaScript, where kernels look at them; in native memory
 * alone; or nowhere yet, since what makes them is only recorded.
 */
export type Held = 'in JavaScript' | 'in native memory' | 'recorded';

export interface Input {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly held: Held;
}

const holding = fc.constantFrom<Held>('in JavaScript', 'recorded', 'in native memory');

/** A tensor of a given shape. */
export function tensorOf(
  shape: readonly number[],
  dtype: Dtype,
  values: fc.Arbitrary<number>,
  held: fc.Arbitrary<Held> = holding,
): fc.Arbitrary<Input> {
  const size = shape.reduce((product, n) => product * n, 1);
  const numbers = fc.array(values, { minLength: size, maxLength: size, size: 'max' });
  return fc.tuple(numbers, held).map(([list, where]) => ({ dtype, shape, values: list, held: where }));
}

/** A tensor of any of the shapes. */
export function tensors(dtype: Dtype, values: fc.Arbitrary<number>, of = shapes()): fc.Arbitrary<Input> {
  return of.chain((shape) => tensorOf(shape, dtype, values));
}

/** A tensor whose numbers JavaScript has. */
export function known(shape: readonly number[], dtype: Dtype, values: readonly number[]): Input {
  return { dtype, shape, values, held: 'in JavaScript' };
}

/** Two tensors that broadcast. */
export function pairs(
  dtype: Dtype,
  left: fc.Arbitrary<number>,
  right: fc.Arbitrary<number> = left,
): fc.Arbitrary<readonly [Input, Input]> {
  return broadcasting.chain(([a, b]) => fc.tuple(tensorOf(a, dtype, left), tensorOf(b, dtype, right)));
}

export const anyFloat = tensors('float32', floats);
export const anyInteger = tensors('int32', integers);
export const anyBoolean = tensors('bool', booleans);
export const anyNumeric = fc.oneof({ weight: 3, arbitrary: anyFloat }, anyInteger);
export const anyTensor = fc.oneof({ weight: 3, arbitrary: anyFloat }, anyInteger, anyBoolean);

/** A tensor of a shape, of any dtype. */
export function anyOf(shape: readonly number[]): fc.Arbitrary<Input> {
  return fc.oneof(
    tensorOf(shape, 'float32', floats),
    tensorOf(shape, 'int32', integers),
    tensorOf(shape, 'bool', booleans),
  );
}

/** Several tensors of one dtype. */
export function allOf(list: readonly (readonly number[])[]): fc.Arbitrary<Input[]> {
  const each = (dtype: Dtype, values: fc.Arbitrary<number>) =>
    fc.tuple(...list.map((shape) => tensorOf(shape, dtype, values)));
  return fc.oneof(each('float32', floats), each('int32', integers), each('bool', booleans));
}
