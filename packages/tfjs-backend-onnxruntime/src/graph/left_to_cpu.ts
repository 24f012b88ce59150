import type { LeftNode } from '../binding/placement';
import { nodeNamed } from './node_names';
import type { Chunk } from './plan';

/** An operator that a device leaves to the processor: what it computes goes there and back. */
export interface LeftOperator {
  /** The kernel of TensorFlow.js that recorded it; empty where ONNX Runtime put it in itself. */
  readonly kernel: string;
  readonly op: string;
  /** Types and shapes of its inputs: 'int32[4,8], int32[1]'. */
  readonly inputs: string;
}

/** Whose operators a session leaves to the processor. */
export function leftOperators(left: readonly LeftNode[], chunk: Chunk): LeftOperator[] {
  return left.map(({ name, op }) => {
    const node = nodeNamed(name, chunk);
    const inputs = (node?.inputs ?? []).map(({ type, shape }) => `${type}[${shape}]`).join(', ');
    return { kernel: node?.kernel ?? '', op, inputs };
  });
}
