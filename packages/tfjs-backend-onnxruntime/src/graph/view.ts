import { type ElementType, elementTypes } from '../onnx/element_type';
import type { Node } from './node';
import { apply } from './record';
import type { Value } from './value';

const op = 'View';

/**
 * The bytes of a value that is there, read as numbers of another type. No operator does this: the graph is handed the
 * same memory under the other type.
 *
 * @param shape that has as many bytes
 */
export function view(value: Value, type: ElementType, shape: readonly number[]): Value {
  return apply(op, [value], { type, shape }, { attributes: { to: elementTypes[type].code, shape } });
}

export function isView(node: Node): boolean {
  return node.op === op;
}
