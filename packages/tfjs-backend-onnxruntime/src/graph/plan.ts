import type { Node } from './node';
import { isNarrowing } from './precision';
import { nodesFor, producer, runnable } from './reach';
import { slices } from './slices';
import { updatesForward } from './updates';
import type { Value } from './value';
import { isView } from './view';

/** A part of the recorded graph that is compiled and run as one. */
export interface Chunk {
  readonly nodes: readonly Node[];
  /** Values that are there when it starts. */
  readonly inputs: readonly Value[];
  /** Values that outlive it. */
  readonly outputs: readonly Value[];
}

/**
 * Cuts what has to run into chunks, in the order in which it was recorded.
 *
 * One graph for all would leave the order to ONNX Runtime, which goes depth first from the last result and so keeps a
 * whole backward pass in memory. In chunks, memory follows the program, layers that are alike are compiled once, and
 * the memory of one chunk's inputs can be the next one's outputs.
 */
export function planChunks(wanted: ReadonlySet<Value>): Chunk[] {
  const nodes = runnable(nodesFor(wanted)).filter((node) => !isInline(node, wanted));
  const sources = (node: Node) => sourcesOf(node, wanted);
  const parts = updatesForward(slices(nodes), sources).map((part) => assemble(part, wanted));
  const lastUse = new Map<Value, number>();
  parts.forEach(({ inputs }, i) => {
    for (const input of inputs) lastUse.set(input, i);
  });
  return parts.map(({ nodes, inputs }, i) => {
    const lasting = (value: Value) => wanted.has(value) || (lastUse.get(value) ?? -1) > i;
    const outputs = nodes.flatMap((node) => (isInline(node, wanted) ? [] : node.outputs.filter(lasting)));
    return { nodes, inputs, outputs };
  });
}

/** Nodes that cost nothing, so that each chunk has its own: they never cross from one to another. */
function isInline(node: Node, wanted: ReadonlySet<Value>): boolean {
  const free = node.op === 'Reshape' || isView(node) || node.options.cheap === true || narrowsWhatIsThere(node);
  return free && !wanted.has(node.outputs[0] as Value);
}

/** The float16 of a weight: cast where it is read, it takes no memory from the forward pass to the backward one. */
function narrowsWhatIsThere(node: Node): boolean {
  return isNarrowing(node) && !producer(node.inputs[0] as Value);
}

/** What a node reads, seen through the inline nodes before it. */
function sourcesOf(node: Node, wanted: ReadonlySet<Value>): Value[] {
  return node.inputs
    .filter(({ constantKey }) => constantKey === undefined)
    .flatMap((input) => {
      const source = producer(input);
      return source && isInline(source, wanted) ? sourcesOf(source, wanted) : [input];
    });
}

/** Adds the inline nodes that a part needs, and finds what it reads from outside. */
function assemble(part: readonly Node[], wanted: ReadonlySet<Value>): { nodes: Node[]; inputs: Value[] } {
  const nodes = new Set<Node>();
  const inputs = new Set<Value>();
  const own = new Set(part);
  const add = (node: Node): void => {
    if (nodes.has(node)) return;
    for (const input of node.inputs) {
      const source = producer(input);
      if (input.constantKey !== undefined) continue;
      if (source && isInline(source, wanted)) add(source);
      else if (!source || !own.has(source)) inputs.add(input);
    }
    nodes.add(node);
  };
  for (const node of part) add(node);
  return { nodes: [...nodes], inputs: [...inputs] };
}
