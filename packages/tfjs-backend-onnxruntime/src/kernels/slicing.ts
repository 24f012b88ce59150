import { backend_util, type KernelConfig, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { apply, int64s } from '../graph/record';
import { fromNumbers, type Value } from '../graph/value';
import { kernel, type OneInput } from './kernel';
import * as op from './ops';

/** Slices of numbers that are there are copied at once up to this size, so that moving on needs no other graph. */
const copyAtOnce = 1 << 22;

function sliceOf(x: Value, begin: readonly number[], size: readonly number[]): Value {
  return op.orEmpty(size, x.type, () => {
    const bytes = (util.sizeFromShape([...size]) / x.size) * x.bytes;
    const rows = contiguous(x, begin, size);
    if (rows === undefined || !x.host || bytes > copyAtOnce) return movable(x, begin, size);
    const length = util.sizeFromShape([...size]);
    return fromNumbers(x.host.slice(rows, rows + length), x.type, size);
  });
}

/** Where a slice begins that lies in one piece, or nothing. */
function contiguous(x: Value, begin: readonly number[], size: readonly number[]): number | undefined {
  const strides = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((n, d) => n * d, 1));
  const cut = size.findIndex((n) => n !== 1);
  const whole = size.every((n, axis) => axis <= cut || n === x.shape[axis]);
  if (cut >= 0 && !whole) return undefined;
  return begin.reduce((sum, n, axis) => sum + n * (strides[axis] as number), 0);
}

/** From data that is there, as from a data set batch by batch, the place is handed to the graph and not compiled into it. */
function movable(x: Value, begin: readonly number[], size: readonly number[]): Value {
  if (!x.ready || x.constantKey !== undefined) return op.slice(x, begin, size);
  const places = (values: readonly number[]) =>
    fromNumbers(BigInt64Array.from(values, BigInt), 'int64', [values.length]);
  const ends = begin.map((from, axis) => from + (size[axis] as number));
  const cut = apply('Slice', [x, places(begin), places(ends)], { type: x.type, shape: size });
  // Its size is known here, but not to the graph.
  return apply('Reshape', [cut, int64s(size)], { type: x.type, shape: size });
}

export const slicingKernels: readonly KernelConfig[] = [
  kernel<OneInput, { begin: number[]; size: number[] }>('Slice', ({ inputs, attrs, engine }) => {
    const [begin, size] = slice_util.parseSliceParams(inputs.x as never, attrs.begin, attrs.size) as [
      number[],
      number[],
    ];
    slice_util.assertParamsValid(inputs.x as never, begin, size);
    return engine.tensor(sliceOf(engine.value(inputs.x), begin, size), size);
  }),
  kernel<OneInput, StridedSliceAttributes>('StridedSlice', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    const info = slice_util.sliceInfo(
      [...x.shape],
      attrs.begin,
      attrs.end,
      attrs.strides,
      attrs.beginMask,
      attrs.endMask,
      attrs.ellipsisMask,
      attrs.newAxisMask,
      attrs.shrinkAxisMask,
    );
    if (info.isIdentity) return engine.share(inputs.x, info.finalShape);
    const size = slice_util.computeOutShape(info.begin, info.end, info.strides);
    if (info.sliceDim0 || info.isSimpleSlice) return engine.tensor(sliceOf(x, info.begin, size), info.finalShape);
    const cut = op.orEmpty(size, x.type, () => op.slice(x, info.begin, size, info.strides));
    return engine.tensor(cut, info.finalShape);
  }),
  kernel<OneInput, { numOrSizeSplits: number[] | number; axis: number }>('SplitV', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    const axis = util.parseAxisParam(attrs.axis, [...x.shape])[0] as number;
    const sizes = backend_util.prepareSplitSize(inputs.x as never, attrs.numOrSizeSplits, axis);
    const begin = x.shape.map(() => 0);
    return sizes.map((n) => {
      const size = x.shape.map((d, i) => (i === axis ? n : d));
      const part = sliceOf(x, [...begin], size);
      begin[axis] = (begin[axis] as number) + n;
      return engine.tensor(part, size);
    });
  }),
  kernel<{ value: TensorInfo }, { axis: number }>('Unpack', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.value);
    const axis = util.parseAxisParam(attrs.axis, [...x.shape])[0] as number;
    const size = x.shape.map((n, i) => (i === axis ? 1 : n));
    const shape = x.shape.filter((_, i) => i !== axis);
    return Array.from({ length: x.shape[axis] as number }, (_, place) =>
      engine.tensor(
        sliceOf(
          x,
          x.shape.map((_, i) => (i === axis ? place : 0)),
          size,
        ),
        shape,
      ),
    );
  }),
  kernel<OneInput, { dims: number | number[] }>('Reverse', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    if (x.shape.length === 0) return engine.share(inputs.x, x.shape);
    const axes = util.parseAxisParam(attrs.dims, [...x.shape]);
    const begin = x.shape.map((n, axis) => (axes.includes(axis) ? n - 1 : 0));
    const steps = x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1));
    return engine.tensor(op.orEmpty(x.shape, x.type, () => op.slice(x, begin, x.shape, steps)));
  }),
];

interface StridedSliceAttributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}
