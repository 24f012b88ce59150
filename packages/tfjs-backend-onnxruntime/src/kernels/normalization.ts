import {
  type FusedBatchNormAttrs,
  type KernelConfig,
  type LRNAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { apply, cast, reshape } from '../graph/record';
import type { Value } from '../graph/value';
import { kernel, type OneInput } from './kernel';
import * as op from './ops';

interface BatchNormInputs extends OneInput {
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
  readonly scale?: TensorInfo;
  readonly offset?: TensorInfo;
}

/** The sum over each channel and the `radius` on both of its sides. */
function sumOfNeighbours(x: Value, radius: number): Value {
  const channels = x.shape.at(-1) as number;
  const reach = Math.min(radius, channels - 1);
  const width = 2 * reach + 1;
  const rows = reshape(x, [x.size / channels, 1, channels]);
  const attributes = { kernel_shape: [width], pads: [reach, reach], count_include_pad: 1 };
  const means = apply('AveragePool', [rows], { type: x.type, shape: rows.shape }, { attributes });
  return reshape(op.mul(means, op.like(x, width)), x.shape);
}

/** What each number is divided by, before the power: bias + alpha * the sum of the squares around it. */
function local(x: Value, { depthRadius, bias, alpha }: LRNAttrs): Value {
  return op.add(op.mul(sumOfNeighbours(op.mul(x, x), depthRadius), op.number(alpha)), op.number(bias));
}

export const normalizationKernels: readonly KernelConfig[] = [
  kernel<BatchNormInputs, FusedBatchNormAttrs>('FusedBatchNorm', ({ inputs, attrs, engine }) => {
    const rank = inputs.mean.shape.length;
    for (const name of ['variance', 'offset', 'scale'] as const) {
      util.assert(
        (inputs[name]?.shape.length ?? rank) === rank,
        () => `Batch normalization gradient requires mean and ${name} to have equal ranks.`,
      );
    }
    const x = engine.value(inputs.x);
    const float = (tensor: TensorInfo) => cast(engine.value(tensor), 'float32');
    return engine.tensor(
      op.orEmpty(x.shape, x.type, () => {
        const deviation = op.sqrt(op.add(float(inputs.variance), op.number(attrs.varianceEpsilon ?? 0.001)));
        const rate = inputs.scale ? op.div(float(inputs.scale), deviation) : op.reciprocal(deviation);
        const scaled = op.mul(op.sub(cast(x, 'float32'), float(inputs.mean)), rate);
        return cast(inputs.offset ? op.add(scaled, float(inputs.offset)) : scaled, x.type);
      }),
    );
  }),
  kernel<OneInput, LRNAttrs>('LRN', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    return engine.tensor(
      op.orEmpty(x.shape, x.type, () =>
        op.inFloat(x, (v) => op.mul(v, op.pow(local(v, attrs), op.number(-attrs.beta)))),
      ),
    );
  }),
  kernel<OneInput & { y: TensorInfo; dy: TensorInfo }, LRNAttrs>('LRNGrad', ({ inputs, attrs, engine }) => {
    const [x, y, dy] = [engine.value(inputs.x), engine.value(inputs.y), engine.value(inputs.dy)];
    return engine.tensor(
      op.orEmpty(x.shape, x.type, () => {
        const base = local(x, attrs);
        const own = op.mul(dy, op.pow(base, op.number(-attrs.beta)));
        const shared = sumOfNeighbours(op.div(op.mul(dy, y), base), attrs.depthRadius);
        return op.sub(own, op.mul(op.mul(x, shared), op.number(2 * attrs.alpha * attrs.beta)));
      }),
    );
  }),
];
