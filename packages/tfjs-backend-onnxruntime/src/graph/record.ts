import { type Elements, type ElementType, elementTypes } from '../onnx/element_type';
import { insideBody, Node, type NodeOptions, type Output } from './node';
import { Value } from './value';

/** Records an operator with one output. */
export function apply(op: string, inputs: readonly Value[], output: Output, options: NodeOptions = {}): Value {
  return new Node(op, inputs, [output], options).outputs[0] as Value;
}

/** Records an operator with several outputs. */
export function applyMany(
  op: string,
  inputs: readonly Value[],
  outputs: readonly Output[],
  options: NodeOptions = {},
): readonly Value[] {
  return new Node(op, inputs, outputs, options).outputs;
}

/** Numbers that belong to the graph itself: they take part in its fingerprint, so there must be few of them. */
export function constant(values: Elements, type: ElementType, shape: readonly number[]): Value {
  const value = new Value(type, shape);
  value.host = values;
  value.constantKey = `${type}[${shape}]{${values.join()}}`;
  return value;
}

/** A constant list of whole numbers: shapes, axes, places. */
export function int64s(values: readonly number[]): Value {
  return constant(BigInt64Array.from(values, BigInt), 'int64', [values.length]);
}

/** A constant number. */
export function scalar(x: number, type: ElementType = 'float32'): Value {
  const values = type === 'int64' ? BigInt64Array.of(BigInt(x)) : elementTypes[type].array.of(x);
  return constant(values, type, []);
}

/** The same numbers in another shape. */
export function reshape(value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  if (value.constantKey !== undefined && value.host) return constant(value.host, value.type, shape);
  if (value.node?.op === 'Reshape' && !value.ready) return reshape(value.node.inputs[0] as Value, shape);
  if (insideBody()) return reshapeNode(value, shape);
  const key = shape.join();
  value.reshaped ??= new Map();
  let reshaped = value.reshaped.get(key);
  if (!reshaped) {
    reshaped = reshapeNode(value, shape);
    value.reshaped.set(key, reshaped);
  }
  return reshaped;
}

function reshapeNode(value: Value, shape: readonly number[]): Value {
  const output = { type: value.type, shape };
  const reshaped = apply('Reshape', [value, int64s(shape)], output, { attributes: { allowzero: 1 } });
  reshaped.bound = value.bound;
  return reshaped;
}

/** The same numbers as another type, by ONNX's rules: floats lose their fraction, any non-zero number is true. */
export function cast(value: Value, type: ElementType): Value {
  if (value.type === type) return value;
  return apply('Cast', [value], { type, shape: value.shape }, { attributes: { to: elementTypes[type].code } });
}

/** One number everywhere, of which nothing is kept. */
export function full(x: number, type: ElementType, shape: readonly number[]): Value {
  return apply('Expand', [scalar(x, type), int64s(shape)], { type, shape }, { cheap: true });
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
