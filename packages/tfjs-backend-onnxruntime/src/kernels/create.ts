import { backend_util, type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { apply, cast, full, reshape } from '../graph/record';
import { fromNumbers, type Value } from '../graph/value';
import { type ElementType, elementTypes } from '../onnx/element_type';
import { kernel, type OneInput } from './kernel';
import * as op from './ops';

type Numeric = 'float32' | 'int32' | 'bool';

/** Zeros and ones are part of the graph; any other number is handed to it, so that another needs no other graph. */
function filled(x: number, type: ElementType, shape: readonly number[]): Value {
  if (x === 0 || x === 1) return full(x, type, shape);
  return op.expand(op.number(x, type), shape);
}

function constantLike(name: 'ZerosLike' | 'OnesLike', x: 0 | 1): KernelConfig {
  return kernel<OneInput>(name, ({ inputs, engine }) => {
    const { type, shape } = engine.value(inputs.x);
    return engine.tensor(op.orEmpty(shape, type, () => full(x, type, shape)));
  });
}

/** Numbers made here, one after the other. */
function listed(length: number, type: Numeric, at: (i: number) => number): Value {
  const { array } = elementTypes[type];
  return fromNumbers(
    (array as Float32ArrayConstructor).from({ length }, (_, i) => at(i)),
    type,
    [length],
  );
}

/** Uniform numbers in [0, 1) from a seed, which may be a fraction. */
function uniform(seed: number, count: number): Float32Array {
  const random = xoroshiro128plus(Number.isInteger(seed) ? seed : Math.floor(seed * 2 ** 32));
  // The first numbers of neighbouring seeds are alike; after a jump they are not.
  random.jump();
  return Float32Array.from({ length: count }, () => uniformFloat64(random));
}

/** Classes drawn by their shares: the first whose cumulative share is above a uniform number. */
function draw(probabilities: Value, samples: number, seed: number): Value {
  const [rows, classes] = probabilities.shape as [number, number];
  const shape = [rows, samples];
  if (classes === 1) return full(0, 'int32', shape);
  const shares = op.slice(probabilities, [0, 0], [rows, classes - 1]);
  const cumulative = op.cumulativeSum(shares, 1, false, false);
  const numbers = fromNumbers(uniform(seed, samples), 'float32', [1, samples, 1]);
  const passed = op.greaterOrEqual(numbers, reshape(cumulative, [rows, 1, classes - 1]));
  return op.reduce('ReduceSum', cast(passed, 'int32'), [2], false);
}

export const createKernels: readonly KernelConfig[] = [
  constantLike('ZerosLike', 0),
  constantLike('OnesLike', 1),
  kernel<object, { shape: number[]; value: number | string; dtype?: Numeric | 'string' }>(
    'Fill',
    ({ attrs: { shape, value, dtype }, engine }) => {
      const type = dtype ?? (util.inferDtype(value) as Numeric);
      if (typeof value === 'string' || type === 'string') {
        const texts = Array<string>(util.sizeFromShape(shape)).fill(String(value));
        return {
          dataId: engine.write(texts.map((text) => util.encodeString(text)) as never, shape, 'string'),
          shape,
          dtype: 'string',
        };
      }
      return engine.tensor(op.orEmpty(shape, type, () => filled(Number(value), type, shape)));
    },
  ),
  kernel<object, { start: number; stop: number; step: number; dtype: 'float32' | 'int32' }>(
    'Range',
    ({ attrs: { start, stop, step, dtype }, engine }) => {
      const backwards = start < stop && step < 0;
      const away = stop < start && step > 1;
      const length = start === stop || backwards || away ? 0 : Math.abs(Math.ceil((stop - start) / step));
      const stride = stop < start && step === 1 ? -1 : step;
      return engine.tensor(listed(length, dtype, (i) => start + i * stride));
    },
  ),
  kernel<object, { start: number; stop: number; num: number }>(
    'LinSpace',
    ({ attrs: { start, stop, num }, engine }) => {
      const step = (stop - start) / (num - 1);
      return engine.tensor(listed(num, 'float32', (i) => start + (i === 0 ? 0 : i * step)));
    },
  ),
  kernel<{ logits: TensorInfo }, { numSamples: number; seed: number; normalized: boolean }>(
    'Multinomial',
    ({ inputs, attrs: { numSamples, seed, normalized }, engine }) => {
      const logits = engine.value(inputs.logits);
      const attributes = { axis: -1 };
      const shares = normalized ? logits : apply('Softmax', [logits], logits, { attributes });
      const shape = [logits.shape[0] as number, numSamples];
      return engine.tensor(op.orEmpty(shape, 'int32', () => draw(shares, numSamples, seed)));
    },
  ),
  kernel<{ s0: TensorInfo; s1: TensorInfo }>('BroadcastArgs', ({ inputs, engine }) => {
    const shapes = [inputs.s0, inputs.s1].map(({ dataId }) => [...(engine.readSync(dataId) as Int32Array)]);
    const shape = backend_util.assertAndGetBroadcastShape(shapes[0] as number[], shapes[1] as number[]);
    return engine.tensor(fromNumbers(Int32Array.from(shape), 'int32', [shape.length]));
  }),
  kernel<OneInput>('Diag', ({ inputs, engine }) => {
    const x = engine.value(inputs.x);
    const shape = [...x.shape, ...x.shape];
    return engine.tensor(
      op.orEmpty(shape, x.type, () => {
        const places = op.rangeTo(x.size);
        const onDiagonal = op.equal(reshape(places, [x.size, 1]), places);
        return op.where(onDiagonal, reshape(x, [1, x.size]), op.like(x, 0));
      }),
      shape,
    );
  }),
];
