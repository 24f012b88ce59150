import type { Node } from './node';
import type { Chunk } from './plan';

/** An operator failed while it ran. Tensors that need its result can never be read, all others are as they were. */
export class FailedError extends Error {
  override name = 'FailedError';
  constructor(
    message: string,
    /** The node that failed, where ONNX Runtime said which. */
    readonly node: Node | undefined,
    options: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The run was stopped by `cancel`. Nothing is lost: reading a tensor starts it again. */
export class CancelledError extends Error {
  override name = 'CancelledError';
}

/** Says of a failure in a chunk which operator it was, of which call, and on what. */
export function failed(error: unknown, { nodes }: Chunk): Error {
  if (error instanceof FailedError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/terminate flag/i.test(message)) return new CancelledError('The run was cancelled.', { cause: error });
  const place = /Name:\s*'n(\d+)(?:_\d+)?'/.exec(message)?.[1];
  const node = place === undefined ? undefined : nodes[Number(place)];
  if (!node) return new FailedError(`ONNX Runtime: ${message}`, undefined, { cause: error });
  return describe(error, node, message.replace(/^.*Status Message:\s*/s, ''));
}

/** Says which operator ONNX Runtime refuses to compile. */
export function refused(error: unknown, { nodes: [node] }: Chunk): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return node ? describe(error, node, reason) : new FailedError(`ONNX Runtime: ${reason}`, undefined, { cause: error });
}

function describe(error: unknown, node: Node, reason: string): FailedError {
  const shapes = node.inputs.map(({ type, shape }) => `${type}[${shape}]`).join(', ');
  const caller = node.calledAt ? `, called at ${node.calledAt}` : '';
  return new FailedError(`${node.kernel} failed in ${node.op} on ${shapes}${caller}: ${reason}`, node, {
    cause: error,
  });
}
