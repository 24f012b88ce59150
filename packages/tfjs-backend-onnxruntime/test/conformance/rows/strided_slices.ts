import { slice_util } from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { anyOf } from '../inputs';
import type { Arguments } from '../row';
import { shapes } from '../shapes';

/** Bits by axis: begin, end, ellipsis, new axis, shrink axis. */
type Masks = [number, number, number, number, number];

export interface StridedSlice {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly masks: Masks;
}

const stride = fc.constantFrom(1, 1, 2, 3, -1, -2);
const seldom = (bits: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: bits });

/** Positions from either end and past both, every mask, and only what the checks of TensorFlow.js let pass. */
export const stridedSlices: fc.Arbitrary<Arguments<StridedSlice>> = shapes(1, 4).chain((shape) => {
  const rank = shape.length;
  const bits = fc.integer({ min: 0, max: 2 ** rank - 1 });
  const bit = fc.integer({ min: 0, max: rank - 1 }).map((axis) => 2 ** axis);
  const position = fc.integer({ min: -5, max: 6 });
  const list = (values: fc.Arbitrary<number>, length: number) =>
    fc.array(values, { minLength: length, maxLength: length });
  return fc
    .integer({ min: 1, max: rank })
    .chain((length) =>
      fc.record({
        x: anyOf(shape),
        begin: list(position, length),
        end: list(position, length),
        strides: list(stride, length),
        masks: fc.tuple(seldom(bits), seldom(bits), seldom(bit), seldom(bit), seldom(bits)),
      }),
    )
    .map(({ x, strides, ...rest }) => ({
      inputs: [x],
      // cpu forgets the axes that shrink when it takes steps.
      strides: rest.masks[4] === 0 ? strides : strides.map(() => 1),
      ...rest,
    }))
    .filter(({ begin, end, strides, masks }) => isAllowed(shape, begin, end, strides, masks));
});

function isAllowed(shape: number[], begin: number[], end: number[], strides: number[], masks: Masks): boolean {
  try {
    const info = slice_util.sliceInfo(shape, begin, end, strides, ...masks);
    // Where nothing is left, going backwards, TensorFlow.js may count less than nothing.
    return slice_util.computeOutShape(info.begin, info.end, info.strides).every((n) => n >= 0);
  } catch {
    return false;
  }
}
