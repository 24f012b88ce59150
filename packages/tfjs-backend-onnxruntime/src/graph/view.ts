import { type ElementType, elementTypes } from '../onnx/element_type';
import type { Node } from './node';
import type { Chunk } from './plan';
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

/** What a chunk's graph is handed: a value that is there, as it is or as numbers of another type. */
interface Binding {
  readonly value: Value;
  /** Whose memory it is, where it is read as another type. */
  readonly of?: Value;
}

/** What a chunk's graph is handed, in the order of its inputs. */
export function bindings({ nodes, inputs }: Chunk): Binding[] {
  const views = nodes.filter(isView);
  if (views.length === 0) return inputs.map((value) => ({ value }));
  const read = new Set(nodes.filter((node) => !isView(node)).flatMap((node) => node.inputs));
  return [
    ...inputs.filter((input) => read.has(input)).map((value) => ({ value })),
    ...views.map((node) => ({ value: node.outputs[0] as Value, of: node.inputs[0] as Value })),
  ];
}
