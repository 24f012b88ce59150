import { insideBody, type Node } from './node';
import { apply, cast, reshape } from './record';
import type { Value } from './value';

// Products in float16 are stored as that: what is computed with them otherwise reads them as float32, in graphs of its own,
// so that half the bytes go from one graph to the next and lie in memory until the backward pass.

/** The numbers of a float32 value rounded to float16, once for all who read them. */
export function narrowed(value: Value): Value {
  if (value.type === 'float16') return value;
  const { node } = value;
  if (node && !value.ready) {
    const [input] = node.inputs as [Value];
    if (node.op === 'Reshape') return reshape(narrowed(input), value.shape);
    if (node.op === 'Cast' && input.type === 'float16') return input;
  }
  if (insideBody()) return cast(value, 'float16');
  value.narrowed ??= cast(value, 'float16');
  return value.narrowed;
}

/** The numbers of a float16 value as float32: exact, and made again wherever they are read. */
export function widened(value: Value): Value {
  if (insideBody()) return widening(value);
  value.widened ??= widening(value);
  return value.widened;
}

function widening(value: Value): Value {
  const { shape } = value;
  return apply('Cast', [value], { type: 'float32', shape }, { attributes: { to: 1 }, cheap: true });
}

export function isNarrowing({ op, inputs, outputs }: Node): boolean {
  return op === 'Cast' && inputs[0]?.type === 'float32' && outputs[0]?.type === 'float16';
}

/** It stands for a float16 value, which is what a tensor keeps. */
export function isWidening({ op, options }: Node): boolean {
  return op === 'Cast' && options.cheap === true;
}
