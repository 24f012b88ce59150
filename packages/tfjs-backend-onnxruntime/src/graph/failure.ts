import { nativeBytes } from '../binding/native_tensor';
import { largest, lostDevice, withoutMemory } from './device_failure';
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
  const lost = lostDevice(message);
  if (lost) return lost;
  const [, place, within] = /Name:\s*'n(\d+)(?:_(\d+))?/.exec(message) ?? [];
  const node = nodes[Number(place)];
  const reason = message.replace(/^.*Status Message:\s*/s, '');
  if (withoutMemory(message)) return outOfMemory(error, node ?? largest(nodes), reason);
  if (!node) return new FailedError(`ONNX Runtime: ${message}`, undefined, { cause: error });
  return describe(error, node, reason, node.options.body?.nodes[Number(within)]);
}

/** Says which operator ONNX Runtime refuses to compile. */
export function refused(error: unknown, { nodes: [node] }: Chunk): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return node ? describe(error, node, reason) : new FailedError(`ONNX Runtime: ${reason}`, undefined, { cause: error });
}

/** That the device had no memory for what a node makes, and what helps. */
function outOfMemory(error: unknown, node: Node | undefined, reason: string): FailedError {
  const made = node?.outputs
    .map(({ type, shape, bytes }) => `${type}[${shape}], ${(bytes / 1e6).toFixed(0)} MB`)
    .join(' and ');
  const what = node ? `${node.kernel} makes ${made}` : 'an array';
  return new FailedError(
    `The graphics processor has no memory for it, or not in one piece: ${what}, beside ${(nativeBytes() / 1e9).toFixed(1)} GB that lie ` +
      `there. Smaller microbatches or shorter rows take less. (${reason.trim()})`,
    node,
    { cause: error },
  );
}

/** @param inner the node of its body that is to blame, where it has one */
function describe(error: unknown, node: Node, reason: string, inner = node): FailedError {
  const shapes = inner.inputs.map(({ type, shape }) => `${type}[${shape}]`).join(', ');
  const calledAt = inner.calledAt ?? node.calledAt;
  const caller = calledAt ? `, called at ${calledAt}` : '';
  return new FailedError(`${inner.kernel} failed in ${inner.op} on ${shapes}${caller}: ${reason}`, node, {
    cause: error,
  });
}
