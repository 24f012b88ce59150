import type { Node } from './node';

/** Operators worth starting a chunk with: layers that are alike are then cut alike. */
const heavy = new Set(['MatMul', 'FusedMatMul', 'Gemm', 'Conv', 'Scan']);

const fewest = 32;
const most = 512;
const enoughBytes = 16 << 20;

/**
 * Cuts a list of nodes where a product begins, once a slice has made enough to be worth a run of its own, and at the
 * latest when it gets long to compile.
 */
export function slices(nodes: readonly Node[]): Node[][] {
  const result: Node[][] = [];
  let slice: Node[] = [];
  let bytes = 0;
  for (const node of nodes) {
    const full = slice.length >= fewest && bytes >= enoughBytes && heavy.has(node.op);
    if (full || slice.length >= most) {
      result.push(slice);
      slice = [];
      bytes = 0;
    }
    slice.push(node);
    bytes += bytesMade(node);
  }
  if (slice.length > 0) result.push(slice);
  return result;
}

/** Rows that are put into a table cost what they are, and not what the table holds. */
function bytesMade({ op, inputs, outputs }: Node): number {
  const made = op === 'ScatterND' ? inputs.slice(2) : outputs;
  return made.reduce((bytes, value) => bytes + value.bytes, 0);
}
