import type { Body } from './node';
import type { Value } from './value';

/** What a body reads from outside, apart from constants, in the order in which it does. */
export function captured({ inputs, nodes }: Pick<Body, 'inputs' | 'nodes'>): Value[] {
  const inside = new Set<Value>([...inputs, ...nodes.flatMap((node) => node.outputs)]);
  const read = nodes.flatMap((node) => node.inputs);
  return [...new Set(read)].filter((value) => !inside.has(value) && value.constantKey === undefined);
}
