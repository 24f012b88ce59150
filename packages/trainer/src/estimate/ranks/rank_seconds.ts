import { type MachineRates, type SecondsRange, secondsOf } from '../seconds';
import type { StepWork } from '../work';
import type { RankEstimate } from './estimate_rank';
import { collectiveSeconds, type Link } from './link';

/** How long a step takes on several ranks, in seconds. */
export interface RankSeconds {
  readonly compute: SecondsRange;
  readonly communication: number;
  /**
   * Of the step: at least, if gradients travel all the while that those of the last pass are computed; and at most, if nothing travels
   * while anything is computed.
   */
  readonly step: { readonly overlapped: number; readonly apart: number };
  /** Time of one rank alone for the same batch, over the time of all ranks together: 1 where communication is free. */
  readonly efficiency: { readonly overlapped: number; readonly apart: number };
}

/** What of a training pass is its backward pass. */
const backwardShare = 2 / 3;

/**
 * Seconds of a step on several ranks.
 *
 * @param alone the work of the whole batch, on one rank
 */
export function rankSeconds(
  rank: RankEstimate,
  alone: StepWork,
  { rates, link }: { readonly rates: MachineRates; readonly link: Link },
): RankSeconds {
  const compute = secondsOf(rank.work, rates);
  const early = collectiveSeconds(rank.early, link);
  const communication = early + collectiveSeconds(rank.late, link);
  const last = {
    flops: { reference: 0, policy: 0, training: rank.work.flops.training / Math.max(1, rank.passes) },
    bytes: 0,
  };
  const hidden = Math.min(early, backwardShare * secondsOf(last, rates).likely);
  const apart = compute.likely + communication;
  const overlapped = apart - hidden;
  const whole = secondsOf(alone, rates).likely / rank.ranks;
  return {
    ...{ compute, communication, step: { overlapped, apart } },
    efficiency: { overlapped: whole / overlapped, apart: whole / apart },
  };
}
