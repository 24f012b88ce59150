import type { Node } from './node';
import type { Value } from './value';

/** Below this, memory that waits is no loss. */
const worthwhile = 1 << 16;

/**
 * Moves updates forward: sums of gradients, steps of weights and their state. A program records them behind its whole
 * backward pass, and until then every gradient would lie in memory. Each goes behind the part that makes what it adds and
 * the last part that reads what it replaces, which it can then write over.
 *
 * @param parts nodes in the order of the program, cut
 * @param sources what a node reads, seen through nodes that cost nothing
 */
export function updatesForward(parts: readonly Node[][], sources: (node: Node) => readonly Value[]): Node[][] {
  if (parts.length < 2) return [...parts];
  const updates = new Set(parts.flat().filter((node) => isUpdate(node, sources(node))));
  const partOf = new Map<Node, number>();
  const lastReader = new Map<Value, number>();
  parts.forEach((part, p) => {
    for (const node of part) {
      partOf.set(node, p);
      if (!updates.has(node)) for (const source of sources(node)) lastReader.set(source, p);
    }
  });
  const moved = parts.map((): Node[] => []);
  const left = parts.map((part, p) =>
    part.filter((node) => {
      if (!updates.has(node)) return true;
      const needs = sources(node).map((source) =>
        source.ready ? (lastReader.get(source) ?? 0) : (partOf.get(source.node as Node) ?? 0),
      );
      const earliest = Math.max(...needs);
      if (earliest >= p) return true;
      (moved[earliest] as Node[]).push(node);
      partOf.set(node, earliest);
      return false;
    }),
  );
  return left.flatMap((part, p) => [part, moved[p] as Node[]]).filter((part) => part.length > 0);
}

/** Whether a node replaces something that was there before by something of its size. */
function isUpdate({ op, outputs: [output], options }: Node, inputs: readonly Value[]): boolean {
  if (!output || output.bytes < worthwhile || (op !== 'Add' && !options.overwrites?.size)) return false;
  return inputs.some(({ ready, bytes }) => ready && bytes === output.bytes) && inputs.some(({ ready }) => !ready);
}
