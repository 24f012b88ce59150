import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { lacks } from '../../binding/environment';
import { applyMany } from '../../graph/record';
import type { Value } from '../../graph/value';
import { kernel } from '../kernel';
import * as op from '../ops';
import { meanAgainst, sumOfRows } from './rows';

interface Inputs {
  readonly x: TensorInfo;
  readonly weight: TensorInfo;
  readonly bias: TensorInfo;
}

interface GradInputs {
  readonly dy: TensorInfo;
  readonly x: TensorInfo;
  readonly weight: TensorInfo;
  readonly mean: TensorInfo;
  readonly inverse: TensorInfo;
}

/** Numbers, mean and inverse deviation. Rows are centred first: a mean far from 0 would cost the operator digits. */
function layerNorm(x: Value, weight: Value, bias: Value, epsilon: number): [Value, Value, Value] {
  const { type, shape } = x;
  const mean = op.reduce('ReduceMean', x, [shape.length - 1], true);
  const column = { type, shape: mean.shape };
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  const inputs = [op.sub(x, mean), weight, bias];
  const outputs = applyMany('LayerNormalization', inputs, [{ type, shape }, column, column], { attributes });
  return [outputs[0] as Value, mean, outputs[2] as Value];
}

function gradient(dy: Value, x: Value, weight: Value, mean: Value, inverse: Value): [Value, Value, Value] {
  const normal = op.mul(op.sub(x, mean), inverse);
  const product = op.mul(dy, normal);
  const along = op.mul(normal, meanAgainst(product, weight));
  const dx = op.mul(op.sub(op.sub(op.mul(dy, weight), meanAgainst(dy, weight)), along), inverse);
  return [dx, sumOfRows(product), sumOfRows(dy)];
}

/** RMSNorm by its name in ONNX Runtime; the inverse root comes with it, but from WebGPU's kernel, which leaves it empty. */
function rmsNorm(x: Value, weight: Value, epsilon: number): [Value, Value] {
  const { type, shape } = x;
  if (lacks('SimplifiedLayerNormalization')) {
    const square = op.reduce('ReduceMean', op.mul(x, x), [shape.length - 1], true);
    const inverse = op.reciprocal(op.sqrt(op.add(square, op.like(square, epsilon))));
    return [op.mul(op.mul(x, inverse), weight), inverse];
  }
  const column = { type, shape: [...shape.slice(0, -1), 1] };
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  const outputs = applyMany('SimplifiedLayerNormalization', [x, weight], [{ type, shape }, column], { attributes });
  return [outputs[0] as Value, outputs[1] as Value];
}

function rmsGradient(dy: Value, x: Value, weight: Value, inverse: Value): [Value, Value] {
  const normal = op.mul(x, inverse);
  const product = op.mul(dy, normal);
  const along = op.mul(normal, meanAgainst(product, weight));
  return [op.mul(op.sub(op.mul(dy, weight), along), inverse), sumOfRows(product)];
}

export const normKernels: readonly KernelConfig[] = [
  kernel<Inputs, { epsilon: number }>('HalokitLayerNorm', ({ inputs: { x, weight, bias }, attrs, engine }) =>
    layerNorm(engine.value(x), engine.value(weight), engine.value(bias), attrs.epsilon).map((v) => engine.tensor(v)),
  ),
  kernel<GradInputs>('HalokitLayerNormGrad', ({ inputs: { dy, x, weight, mean, inverse }, engine }) => {
    const value = (tensor: TensorInfo) => engine.value(tensor);
    const results = gradient(value(dy), value(x), value(weight), value(mean), value(inverse));
    return results.map((result) => engine.tensor(result));
  }),
  kernel<Omit<Inputs, 'bias'>, { epsilon: number }>('HalokitRmsNorm', ({ inputs: { x, weight }, attrs, engine }) =>
    rmsNorm(engine.value(x), engine.value(weight), attrs.epsilon).map((value) => engine.tensor(value)),
  ),
  kernel<Omit<GradInputs, 'mean'>>('HalokitRmsNormGrad', ({ inputs: { dy, x, weight, inverse }, engine }) =>
    rmsGradient(engine.value(dy), engine.value(x), engine.value(weight), engine.value(inverse)).map((value) =>
      engine.tensor(value),
    ),
  ),
];
