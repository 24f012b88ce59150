import type { CausalLM } from '@halokit/models';
import type { Optimizer } from '../optimizer';
import { type Bucket, bucketsOf, type Segment, segmentsOf } from './buckets';
import type { Communicator } from './communicator';

/**
 * An optimiser whose state is divided among ranks (ZeRO, stage 1): each keeps what belongs to 1 / `size` of every weight, in
 * place of all of it. A step sums gradients over the ranks by reduce-scatter, updates each rank's part of the weights, and
 * gathers the weights again: as many bytes as without it, and equal results up to the rounding of the gradient's norm.
 *
 * `train` and `saveTraining` go by it; every rank has to be given one.
 *
 * Source: Rajbhandari et al., "ZeRO: Memory Optimizations Toward Training Trillion Parameter Models", 2020.
 *
 * @example
 * const optimizer = shardedOptimizer(adamw(), communicator);
 * for await (const event of train({ ...run, optimizer, communicator })) ...
 */
export function shardedOptimizer(optimizer: Optimizer, communicator: Communicator): Optimizer {
  const names = new Set<string>();
  return {
    name: optimizer.name,
    sharding: { communicator, names },
    get state() {
      return optimizer.state;
    },
    update: (...update) => optimizer.update(...update),
    restore: (state) => optimizer.restore(state),
    dispose: () => optimizer.dispose(),
  };
}

/** The weights that train, in buckets: what is computed first in a backward pass comes first. */
export function trainedBuckets({ weights }: Pick<CausalLM, 'weights'>): Bucket[] {
  return bucketsOf([...weights].filter(([, { trainable }]) => trainable).reverse());
}

/** Each rank's part of a weight, in the order of ranks and empty where it has none, by the weight's name. */
export function partsByWeight(policy: Pick<CausalLM, 'weights'>, ranks: number): Map<string, readonly Segment[]> {
  const parts = new Map<string, Segment[]>();
  for (const bucket of trainedBuckets(policy)) {
    for (let rank = 0; rank < ranks; rank++) {
      const own = new Map(segmentsOf(bucket, rank, ranks).map((segment) => [segment.name, segment]));
      for (const { name, start } of bucket.entries) {
        const before = parts.get(name) ?? [];
        const at = before.at(-1)?.to ?? 0;
        parts.set(name, [...before, own.get(name) ?? { name, start, from: at, to: at }]);
      }
    }
  }
  return parts;
}
