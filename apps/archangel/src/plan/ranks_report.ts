import {
  collectiveSeconds,
  estimateRank,
  estimateSteps,
  type Link,
  type MachineRates,
  mostRanks,
  type RankSeconds,
  rankSeconds,
} from '@halokit/trainer';
import type { PlanConfig } from '../config/plan_config';
import { stagePlan } from '../stages/stage_plan';
import { factsOf, passesOfStep } from './forecast_parts';
import type { Intent } from './intent';

/** What ranks do between them in a step. */
export interface RanksReport {
  readonly ranks: number;
  readonly link: Link;
  readonly shardOptimizer: boolean;
  /** By each rank, and as many received. */
  readonly sentBytes: number;
  readonly communicationSeconds: number;
  /** Absent where no rates were measured. */
  readonly time?: Pick<RankSeconds, 'step' | 'efficiency'>;
  /** The most ranks, as a power of two, that are used to 80 % though nothing overlaps. */
  readonly worthwhile?: number;
}

/** How a step that is planned for one rank goes on several like it. */
export async function ranksReport(
  intent: Intent,
  { ranks, shardOptimizer, bandwidth, latency }: PlanConfig,
  rates?: MachineRates,
): Promise<RanksReport> {
  const link = { bytesPerSecond: (bandwidth * 1e9) / 8, latencySeconds: latency / 1e6 };
  const { shards: _, ...facts } = factsOf(intent);
  const plan = await stagePlan(intent.loss, intent.dataset, intent.walk);
  const shareOf = (ranks: number) => plan.steps.slice(0, 1).map((step) => passesOfStep({ ...intent, ranks }, step));
  const alone = estimateSteps(facts, shareOf(1)).work;
  const on = (ranks: number) => shareOf(ranks).map((share) => estimateRank(facts, share, { ranks, shardOptimizer }))[0];
  const rank = on(ranks) as NonNullable<ReturnType<typeof on>>;
  const seconds = rates && ((of: typeof rank) => rankSeconds(of, alone, { rates, link }));
  const { early, late } = rank;
  return {
    ...{ ranks, link, shardOptimizer, sentBytes: early.bytes + late.bytes },
    communicationSeconds: collectiveSeconds(early, link) + collectiveSeconds(late, link),
    ...(seconds && {
      time: seconds(rank),
      worthwhile: mostRanks((ranks) => seconds(on(ranks) as typeof rank).efficiency.apart),
    }),
  };
}
