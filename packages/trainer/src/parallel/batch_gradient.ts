import { gradientNorm } from '../clip';
import type { Gradients } from '../gradients';
import type { StepContext } from '../step_context';
import { allReduceGradients } from './all_reduce_gradients';
import { shardedGradient } from './sharded_gradient';

/** The gradient of a whole batch, wherever its parts are. */
export interface BatchGradient {
  /** Its Euclidean norm: the same bits on every rank. */
  readonly norm: number;
  /** Updates the weights, on every rank to the same bits. */
  update(learningRate: number, scale: number): Promise<void>;
}

/**
 * Sums gradients over the ranks, if there are several.
 *
 * @param gradients of the rank's examples, already divided by the examples of the whole batch; they stay the caller's
 */
export async function batchGradient(
  { policy, optimizer, communicator }: StepContext,
  gradients: Gradients,
): Promise<BatchGradient> {
  const { sums } = gradients;
  if (communicator && optimizer.sharding) return await shardedGradient(policy, optimizer, sums, communicator);
  if (communicator) await allReduceGradients(policy, sums, communicator);
  const norm = Float64Array.of(await gradientNorm([...sums.values()]));
  // Ranks on other threads or processors add squares up in another order.
  await communicator?.broadcast(norm);
  return {
    norm: norm[0] as number,
    update: async (learningRate, scale) => optimizer.update(policy.weights, sums, learningRate, scale),
  };
}
