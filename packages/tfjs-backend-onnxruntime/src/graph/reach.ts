import type { Node } from './node';
import type { Value } from './value';

/** Nodes that have to run so that the wanted values are there, in an order in which they can. */
export function nodesFor(wanted: Iterable<Value>): Node[] {
  const nodes = new Set<Node>();
  const stack: Value[] = [...wanted];
  for (let value = stack.pop(); value; value = stack.pop()) {
    const node = producer(value);
    if (!node || nodes.has(node)) continue;
    nodes.add(node);
    stack.push(...node.inputs);
  }
  return [...nodes].sort((a, b) => a.id - b.id);
}

/** Every value whose numbers are there and that somebody may still want through these pending ones. */
export function readyBehind(pending: Iterable<Value>): Set<Value> {
  const found = new Set<Value>();
  const seen = new Set<Node>();
  const stack: Value[] = [...pending];
  for (let value = stack.pop(); value; value = stack.pop()) {
    if (value.ready) found.add(value);
    if (value.sparse) stack.push(value.sparse.ids, value.sparse.rows);
    if (value.ready || !value.node || seen.has(value.node)) continue;
    seen.add(value.node);
    stack.push(...value.node.inputs);
  }
  return found;
}

/** The node that has to run for a value, unless its numbers are there or under way. */
export function producer(value: Value): Node | undefined {
  return value.ready || value.scheduled || value.failure ? undefined : value.node;
}

/** Hands failures on to all that needs what failed, and returns the nodes that can run. */
export function runnable(nodes: readonly Node[]): Node[] {
  return nodes.filter((node) => {
    const failure = node.inputs.find((input) => input.failure)?.failure;
    for (const output of node.outputs) output.failure ??= failure;
    return !failure;
  });
}
