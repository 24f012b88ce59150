import { backend_util, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import { apply, cast, reshape } from '../graph/record';
import type { Value } from '../graph/value';
import { checkedIndices, flatIndices } from './gather';
import { kernel, type OneInput } from './kernel';
import * as op from './ops';
import { segmentSum } from './sparse';

/** Slices of a tensor, and where each update goes among them. */
function places(indices: Value, updates: Value, shape: readonly number[]) {
  const info = backend_util.calculateShapes(
    { shape: [...updates.shape] } as never,
    { shape: [...indices.shape], rank: indices.shape.length, dtype: 'int32' } as never,
    [...shape],
  );
  const slices = info.outputSize / info.sliceSize;
  const whole = cast(indices, 'int32');
  const flat = flatIndices(whole, info.strides.slice(0, info.sliceRank), slices, shape);
  const rows = reshape(op.expand(updates, updates.shape.length === 0 ? [info.numUpdates] : updates.shape), [
    info.numUpdates,
    info.sliceSize,
  ]);
  return { slices, width: info.sliceSize, flat, rows };
}

/** Puts updates in the place of slices; of several for one place the last counts. */
function replace(into: Value, indices: Value, updates: Value, shape: readonly number[], name: string): Value {
  const { slices, width, flat, rows } = places(indices, updates, shape);
  if (rows.size === 0) return into;
  const checked = checkedIndices(name, flat, slices);
  const spread = op.expand(reshape(checked.indices, [rows.shape[0] as number, 1]), rows.shape);
  const base = reshape(into, [slices, width]);
  const output = { type: into.type, shape: base.shape };
  return apply('ScatterElements', [base, spread, rows], output, {
    attributes: { axis: 0 },
    fallible: checked.fallible,
  });
}

export const scatterKernels: readonly KernelConfig[] = [
  kernel<OneInput & { segmentIds: TensorInfo }, { numSegments: number }>(
    'UnsortedSegmentSum',
    ({ inputs, attrs, engine }) => {
      const x = engine.value(inputs.x);
      const ids = cast(engine.value(inputs.segmentIds), 'int32');
      const rows = x.type === 'bool' ? cast(x, 'int32') : x;
      const shape = [attrs.numSegments, ...x.shape.slice(1)];
      return engine.tensor(op.orEmpty(shape, rows.type, () => segmentSum(ids, rows, attrs.numSegments)));
    },
  ),
  kernel<{ indices: TensorInfo; updates: TensorInfo }, { shape: number[] }>(
    'ScatterNd',
    ({ inputs, attrs, engine }) => {
      const updates = engine.value(inputs.updates);
      return engine.tensor(
        op.orEmpty(attrs.shape, updates.type, () => {
          const { slices, flat, rows } = places(engine.value(inputs.indices), updates, attrs.shape);
          const checked = checkedIndices('ScatterNd', flat, slices);
          return segmentSum(checked.indices, rows, slices);
        }),
        attrs.shape,
      );
    },
  ),
  kernel<{ tensor: TensorInfo; indices: TensorInfo; updates: TensorInfo }>(
    'TensorScatterUpdate',
    ({ inputs, engine }) => {
      const [into, updates] = [engine.value(inputs.tensor), engine.value(inputs.updates)];
      return engine.tensor(
        op.orEmpty(into.shape, into.type, () =>
          replace(into, engine.value(inputs.indices), updates, into.shape, 'TensorScatterUpdate'),
        ),
        into.shape,
      );
    },
  ),
  kernel<{ sparseIndices: TensorInfo; sparseValues: TensorInfo; defaultValue: TensorInfo }, { outputShape: number[] }>(
    'SparseToDense',
    ({ inputs, attrs: { outputShape }, engine }) => {
      const values = engine.value(inputs.sparseValues);
      return engine.tensor(
        op.orEmpty(outputShape, values.type, () => {
          const filled = op.expand(cast(engine.value(inputs.defaultValue), values.type), outputShape);
          return replace(filled, engine.value(inputs.sparseIndices), values, outputShape, 'SparseToDense');
        }),
        outputShape,
      );
    },
  ),
];
