import type { Chunk } from './plan';
import type { Value } from './value';
import { isView } from './view';

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
