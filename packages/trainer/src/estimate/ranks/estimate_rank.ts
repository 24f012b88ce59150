import { adapterShapes, weightShapes } from '@halokit/models';
import { InputError } from '../../input_error';
import { bucketsOf } from '../../parallel/buckets';
import { estimateSteps, type TrainingFacts } from '../estimate_steps';
import type { PeakMemory } from '../memory_parts';
import { float } from '../moments';
import type { StepPasses } from '../step_passes';
import type { StepWork } from '../work';
import { allReduceExchange, type Exchange, inTurn, reduceScatterExchange } from './collectives';

/** How many ranks share the work. */
export interface RanksFacts {
  readonly ranks: number;
  /** Each keeps its part of the optimiser's state. Default: false. */
  readonly shardOptimizer?: boolean;
}

/** What one of several ranks does and holds in a step. */
export interface RankEstimate {
  readonly ranks: number;
  /** Of the rank that has most of the batch. */
  readonly memory: PeakMemory;
  readonly work: StepWork;
  /** Passes with gradient, one after the other. */
  readonly passes: number;
  /** What may go on while gradients are still computed. */
  readonly early: Exchange;
  /** What comes before or after: small numbers of the batch, and the weights of sharded optimisers. */
  readonly late: Exchange;
}

/**
 * Exchanges of a few numbers in a step: log-probabilities of the policy and of the reference, what else is known of the batch, the
 * gradient's norm, metrics, whether to stop.
 */
const smallExchanges = 8;

/** Numbers of one of them for each row. */
const numbersOfRow = 2;

/**
 * What a step takes of each of several ranks that share its batch:
 *
 *     sent by a rank = 2 (N - 1) / N x 4 bytes x weights that are trained
 *
 * by an all-reduce of the gradients, or, where the optimiser's state is sharded (ZeRO, stage 1), by their reduce-scatter and an
 * all-gather of the weights.
 *
 * Sources: Thakur, Rabenseifner, Gropp, "Optimization of Collective Communication Operations in MPICH", 2005; Rajbhandari et al.,
 * "ZeRO: Memory Optimizations Toward Training Trillion Parameter Models", 2020.
 *
 * @param share the passes of the rank that has most of the batch
 * @throws InputError for fewer than one rank
 */
export function estimateRank(
  facts: TrainingFacts,
  share: StepPasses,
  { ranks, shardOptimizer = false }: RanksFacts,
): RankEstimate {
  if (!Number.isInteger(ranks) || ranks < 1) throw new InputError(`ranks is ${ranks}: give a whole number from 1 on.`);
  const shards = shardOptimizer ? ranks : 1;
  const { memory, work } = estimateSteps({ ...facts, shards }, [share]);
  const passes = share.training.length;
  if (ranks === 1) return { ranks, memory, work, passes, early: inTurn([]), late: inTurn([]) };
  const arrays = bucketsOf(trainedTensors(facts)).map(({ size }) => float * size);
  const sums = arrays.map((bytes) => allReduceExchange(bytes, ranks));
  const parts = arrays.map((bytes) => reduceScatterExchange(bytes, ranks));
  const rows = share.training.reduce((sum, pass) => sum + pass.rows, 0) * ranks;
  const small = Array.from({ length: smallExchanges }, () => allReduceExchange(float * numbersOfRow * rows, ranks));
  return {
    ...{ ranks, memory, work, passes },
    early: inTurn(shardOptimizer ? parts : sums),
    late: inTurn(shardOptimizer ? [...parts, ...small] : small),
  };
}

function trainedTensors({ config, loss: { needs }, adapter }: TrainingFacts): [string, { size: number }][] {
  const heads = (['value', 'reward'] as const).filter((name) => (name === 'value' ? needs?.values : needs?.scores));
  const all = Object.entries(weightShapes(config, heads));
  const trunk = new Set(Object.keys(weightShapes(config)));
  const trained = adapter
    ? [...Object.entries(adapterShapes(config, adapter)), ...all.filter(([name]) => !trunk.has(name))]
    : all;
  return trained.map(([name, shape]) => [name, { size: shape.reduce((size, n) => size * n, 1) }]);
}
