import { backend_util, type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { apply, cast, full, reshape } from '../graph/record';
import type { Value } from '../graph/value';
import type { ElementType } from '../onnx/element_type';
import { kernel, type OneInput } from './kernel';
import * as op from './ops';

interface ScanAttributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

function scan(name: string, compute: (x: Value, attributes: ScanAttributes) => Value): KernelConfig {
  return kernel<OneInput, ScanAttributes>(name, ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    const type: ElementType = x.type === 'bool' ? 'int32' : x.type;
    const axis = util.parseAxisParam(attrs.axis, [...x.shape])[0] as number;
    return engine.tensor(op.orEmpty(x.shape, type, () => compute(cast(x, type), { ...attrs, axis })));
  });
}

/** Products of all numbers up to each, in about log2(n) steps: step k multiplies by what stands 2^k places before. */
function cumulativeProduct(x: Value, { axis, exclusive, reverse }: ScanAttributes): Value {
  const length = x.shape[axis] as number;
  let products = exclusive ? shifted(x, axis, 1, reverse) : x;
  for (let distance = 1; distance < length; distance *= 2) {
    products = op.mul(products, shifted(products, axis, distance, reverse));
  }
  return products;
}

/** Everything moved along an axis, with ones where nothing comes from. */
function shifted(x: Value, axis: number, by: number, reverse: boolean): Value {
  const length = x.shape[axis] as number;
  const sized = (n: number) => x.shape.map((d, i) => (i === axis ? n : d));
  const begin = x.shape.map((_, i) => (i === axis && reverse ? by : 0));
  const kept = op.slice(x, begin, sized(length - by));
  const ones = full(1, x.type, sized(by));
  return op.concat(reverse ? [kept, ones] : [ones, kept], axis);
}

/** How many of a sorted list are below each value, or not above it. */
function searchSorted(sorted: Value, values: Value, side: 'left' | 'right'): Value {
  const [batch, length] = sorted.shape as [number, number];
  const count = values.shape[1] as number;
  const list = reshape(sorted, [batch, 1, length]);
  const wanted = reshape(values, [batch, count, 1]);
  const before = side === 'left' ? op.less(list, wanted) : op.lessOrEqual(list, wanted);
  return op.reduce('ReduceSum', cast(before, 'int32'), [2], false);
}

export const scanKernels: readonly KernelConfig[] = [
  scan('Cumsum', (x, { axis, exclusive, reverse }) => op.cumulativeSum(x, axis, exclusive, reverse)),
  scan('Cumprod', cumulativeProduct),
  kernel<{ sortedSequence: TensorInfo; values: TensorInfo }, { side: 'left' | 'right' }>(
    'SearchSorted',
    ({ inputs, attrs, engine }) => {
      const [sorted, values] = [engine.value(inputs.sortedSequence), engine.value(inputs.values)];
      return engine.tensor(op.orEmpty(values.shape, 'int32', () => searchSorted(sorted, values, attrs.side)));
    },
  ),
  kernel<readonly TensorInfo[], { equation: string }>('Einsum', ({ inputs, attrs, engine }) => {
    const { allDims, idDims } = backend_util.decodeEinsumEquation(attrs.equation, inputs.length);
    backend_util.checkEinsumDimSizes(allDims.length, idDims, inputs as never);
    const equation = attrs.equation.replace(/\s/g, '');
    const sizes = new Map<string, number>();
    const terms = (equation.split('->')[0] as string).split(',');
    terms.forEach((term, i) => {
      [...term].forEach((letter, axis) => {
        sizes.set(letter, inputs[i]?.shape[axis] as number);
      });
    });
    const shape = [...(equation.split('->')[1] as string)].map((letter) => sizes.get(letter) as number);
    const values = inputs.map((input) => engine.value(input));
    const { type } = values[0] as Value;
    return engine.tensor(
      op.orEmpty(shape, type, () => {
        if (values.some(({ size }) => size === 0)) return full(0, type, shape);
        return apply('Einsum', values, { type, shape }, { attributes: { equation } });
      }),
    );
  }),
];
