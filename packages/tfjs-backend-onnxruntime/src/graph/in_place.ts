import type { Node } from './node';
import type { Chunk } from './plan';
import { sameShape } from './record';
import type { Value } from './value';

/** Operators whose number i depends on the numbers i of their inputs alone. */
const elementwise = new Set([
  'Abs',
  'Add',
  'Div',
  'Max',
  'Min',
  'Mul',
  'Neg',
  'Pow',
  'Reciprocal',
  'Sqrt',
  'Sub',
  'Where',
]);

/** Below this, memory of its own is no loss. */
const worthwhile = 1 << 16;

/**
 * Finds outputs that can take over the memory of an input: a weight's next value that of its last. To be asked just
 * before the chunk runs, when all chunks before it have.
 *
 * It is safe when nobody reads the input after this chunk, and inside of it only elementwise nodes of the same shape do,
 * each of which has run when the output is written: the writer itself, or what it depends on. No chunk with a node that
 * may fail qualifies, so that a failed run leaves every tensor as it was.
 */
export function inPlace({ nodes, inputs, outputs }: Chunk): Map<Value, Value> {
  const result = new Map<Value, Value>();
  if (nodes.some((node) => node.options.fallible) || leavesWorkUndone(nodes, outputs)) return result;
  const inside = new Set(nodes);
  const readers = readersOf(nodes);
  const free = new Set(inputs.filter((input) => isFree(input, readers.get(input) ?? [])));
  for (const output of outputs) {
    const writer = output.node as Node;
    const target = overwritten(writer, output);
    if (target) {
      const own = readers.get(target) ?? [];
      const alike = inputs.includes(target) && sameShape(target.shape, output.shape);
      if (alike && isUnwanted(target, own) && own.every((node) => node === writer)) result.set(output, target);
      continue;
    }
    if (output.bytes < worthwhile || !isElementwise(writer)) continue;
    const behind = elementwiseBehind(writer, inside);
    // The value that is read last first: a weight's memory rather than its gradient's.
    const candidates = [...writer.inputs.filter((input) => free.has(input)), ...free];
    const donor = candidates.find(
      (input) =>
        input.type === output.type &&
        sameShape(input.shape, output.shape) &&
        (readers.get(input) ?? []).every((node) => behind.has(node)),
    );
    if (!donor) continue;
    result.set(output, donor);
    free.delete(donor);
  }
  return result;
}

/** A value that is put off is made on the way, and will be made again from the same inputs. */
function leavesWorkUndone(nodes: readonly Node[], outputs: readonly Value[]): boolean {
  const kept = new Set(outputs);
  return nodes.some((node) => node.outputs.some((value) => value.holders > 0 && !kept.has(value)));
}

/** Nobody holds it, and nobody reads it but this chunk. */
function isFree(input: Value, readers: readonly Node[]): boolean {
  return isUnwanted(input, readers) && input.bytes >= worthwhile && readers.every(isElementwise);
}

function isUnwanted(input: Value, readers: readonly Node[]): boolean {
  const counted = readers.filter((node) => node.counted).length;
  return input.holders === 0 && input.claims === 1 && input.readers === counted;
}

/** The input that a node writes an output over, place by place. */
function overwritten({ options, outputs, inputs }: Node, output: Value): Value | undefined {
  const input = options.overwrites?.get(outputs.indexOf(output));
  return input === undefined ? undefined : inputs[input];
}

function isElementwise(node: Node): boolean {
  return elementwise.has(node.op) && node.outputs.length === 1;
}

/** The writer, and the elementwise nodes of its shape that it depends on through nodes of that kind. */
function elementwiseBehind(writer: Node, inside: ReadonlySet<Node>): Set<Node> {
  const shape = (writer.outputs[0] as Value).shape;
  const found = new Set<Node>();
  const stack = [writer];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (found.has(node) || !isElementwise(node) || !sameShape((node.outputs[0] as Value).shape, shape)) continue;
    found.add(node);
    for (const { node: source } of node.inputs) if (source && inside.has(source)) stack.push(source);
  }
  return found;
}

function readersOf(nodes: readonly Node[]): Map<Value, Node[]> {
  const readers = new Map<Value, Node[]>();
  for (const node of nodes) {
    for (const input of node.inputs) {
      const known = readers.get(input);
      if (known) known.push(node);
      else readers.set(input, [node]);
    }
  }
  return readers;
}
