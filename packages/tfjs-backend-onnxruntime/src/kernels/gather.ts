import { backend_util, type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { currentDevice } from '../binding/environment';
import { apply, cast, full, reshape } from '../graph/record';
import type { Value } from '../graph/value';
import { kernel, type OneInput } from './kernel';
import { knownWithin } from './known_within';
import * as op from './ops';

/**
 * Indices that fail while the graph runs if one is out of range, where they cannot be looked at now. ONNX would take a
 * negative one to count from the end.
 */
export function checkedIndices(name: string, indices: Value, count: number): { indices: Value; fallible: boolean } {
  if (knownWithin(indices, count)) return { indices, fallible: false };
  const bad = indices.host?.find((index) => index < 0 || index >= count);
  util.assert(bad === undefined, () => `${name}: the index value ${bad} is not in [0, ${count - 1}]`);
  const negative = op.less(indices, op.like(indices, 0));
  const upward = op.where(negative, op.like(indices, count), indices);
  if (currentDevice().checksIndices) return { indices: upward, fallible: true };
  // Elsewhere they take a way by the processor, which looks each of them up and fails if it is not there.
  const attributes = { axis: 0 };
  const known = apply('Gather', [op.rangeTo(count), upward], indices, { attributes, fallible: true, onCpu: true });
  return { indices: known, fallible: false };
}

interface GatherInputs extends OneInput {
  readonly indices: TensorInfo;
}

/** Where each index tuple points, counted in slices. @throws Error for a known tuple that points outside */
export function flatIndices(indices: Value, strides: readonly number[], slices: number, shape: readonly number[]) {
  const rank = strides.length;
  const tuples = reshape(indices, [indices.size / Math.max(rank, 1), rank]);
  if (indices.host) {
    const { host } = indices;
    for (let i = 0; i < (tuples.shape[0] as number); i++) {
      const tuple = [...host.slice(i * rank, (i + 1) * rank)].map(Number);
      const place = tuple.reduce((sum, n, j) => sum + n * (strides[j] as number), 0);
      util.assert(place >= 0 && place < slices, () => `Invalid indices: ${tuple} does not index into ${shape}`);
    }
  }
  const weights = strides.map((stride) => op.number(stride, 'int32'));
  const columns = weights.map((weight, j) => {
    const column = reshape(op.slice(tuples, [0, j], [tuples.shape[0] as number, 1]), [tuples.shape[0] as number]);
    return op.mul(column, weight);
  });
  return columns.reduce((sum, column) => op.add(sum, column), full(0, 'int32', [tuples.shape[0] as number]));
}

export const gatherKernels: readonly KernelConfig[] = [
  kernel<GatherInputs, { axis: number; batchDims?: number }>('GatherV2', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    const axis = util.parseAxisParam(attrs.axis, [...x.shape])[0] as number;
    const info = backend_util.segment_util.collectGatherOpShapeInfo(
      inputs.x as never,
      inputs.indices as never,
      axis,
      attrs.batchDims ?? 0,
    );
    const raw = cast(engine.value(inputs.indices), 'int32');
    const { indices, fallible } = checkedIndices('GatherV2', raw, x.shape[axis] as number);
    const { batchSize: batch, outerSize: outer, dimSize, sliceSize: width, outputShape } = info;
    return engine.tensor(
      op.orEmpty(outputShape, x.type, () => {
        const { type } = x;
        const count = indices.size / batch;
        if (batch === 1) {
          const [flat, shape] = [reshape(x, [outer, dimSize, width]), [outer, count, width]];
          const list = reshape(indices, [count]);
          return apply('Gather', [flat, list], { type, shape }, { attributes: { axis: 1 }, fallible });
        }
        const rows = op.transpose(reshape(x, [batch, outer, dimSize, width]), [0, 2, 1, 3]);
        const shape = [batch, count, outer, width];
        const places = cast(reshape(indices, [batch, count, 1]), 'int64');
        const attributes = { batch_dims: 1 };
        const found = apply('GatherND', [rows, places], { type, shape }, { attributes, fallible });
        return op.transpose(found, [0, 2, 1, 3]);
      }),
      outputShape,
    );
  }),
  kernel<{ params: TensorInfo; indices: TensorInfo }>('GatherNd', ({ inputs, engine }) => {
    const x = engine.value(inputs.params);
    const indices = cast(engine.value(inputs.indices), 'int32');
    const [shape, count, width, strides] = backend_util.prepareAndValidate(
      inputs.params as never,
      inputs.indices as never,
    );
    return engine.tensor(
      op.orEmpty(shape, x.type, () => {
        const slices = x.size / width;
        const rank = inputs.indices.shape.at(-1) as number;
        const flat = flatIndices(indices, strides.slice(0, rank), slices, x.shape);
        const checked = checkedIndices('GatherNd', flat, slices);
        const rows = reshape(x, [slices, width]);
        return apply(
          'Gather',
          [rows, checked.indices],
          { type: x.type, shape: [count, width] },
          {
            attributes: { axis: 0 },
            fallible: checked.fallible,
          },
        );
      }),
      shape,
    );
  }),
  kernel<
    { indices: TensorInfo },
    { depth: number; onValue: number; offValue: number; dtype: 'float32' | 'int32' | 'bool' }
  >('OneHot', ({ inputs, attrs: { depth, onValue, offValue, dtype }, engine }) => {
    const indices = engine.value(inputs.indices);
    const shape = [...indices.shape, depth];
    return engine.tensor(
      op.orEmpty(shape, dtype, () => {
        const classes = op.rangeTo(depth);
        const hit = op.equal(reshape(cast(indices, 'int32'), [...indices.shape, 1]), classes);
        return op.where(hit, op.number(onValue, dtype), op.number(offValue, dtype));
      }),
      shape,
    );
  }),
  kernel<OneInput, { k: number }>('TopK', ({ inputs, attrs: { k }, engine }) => {
    const x = engine.value(inputs.x);
    const shape = [...x.shape.slice(0, -1), k];
    if (shape.some((n) => n === 0)) {
      const empty = (type: 'int32' | typeof x.type) => engine.tensor(op.orEmpty(shape, type, () => x));
      return [empty(x.type), empty('int32')];
    }
    const [values, indices] = op.topK(x, k);
    return [engine.tensor(values), engine.tensor(cast(indices, 'int32'))];
  }),
];
