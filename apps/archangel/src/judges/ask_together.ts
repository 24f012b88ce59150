import { existsSync, statSync } from 'node:fs';
import { isOnHub } from '@halokit/models/node';
import { chooseBackend } from '../backend';
import type { JudgeConfig } from '../config/judge_config';
import { fromFirst } from '../ranks/from_first';
import { currentRanks } from '../ranks/ranks';
import { workTogether } from '../ranks/work_together';
import { openRewardModel } from './reward_judge';
import { type ScoringRanks, scoringRanks } from './score_together';

export type RewardModelOptions = Pick<
  JudgeConfig,
  'offline' | 'backend' | 'device' | 'float16' | 'threads' | 'endpoint'
>;

/** What is done with a judge or scorer, on rank 0. @param scoring where other ranks score with it */
type Asking = (signal: AbortSignal, scoring?: ScoringRanks) => Promise<void>;

/**
 * Does what asks a judge or a scorer: on rank 0, which alone reads, writes and pays. Of several ranks the others score their
 * share where it is a reward model, and wait where it is anything else, which might ask for money or keep things in mind.
 *
 * @param said who is asked
 * @param signal whether this process was asked to stop
 * @returns whether it came to its end, on every rank; false where any of them was asked to stop
 */
export async function askTogether(
  said: string,
  options: RewardModelOptions,
  signal: AbortSignal,
  ask: Asking,
): Promise<boolean> {
  const ranks = currentRanks();
  const { communicator, first } = ranks;
  if (!communicator || !isRewardModel(said, options)) {
    const { value } = await workTogether(
      async (stopping) => {
        if (first) await ask(stopping);
        return true;
      },
      { signal },
    );
    return fromFirst(() => value === true);
  }
  const stop = new AbortController();
  const scoring = scoringRanks({ ...ranks, communicator }, signal, () => stop.abort());
  if (!first) return help(said, options, scoring);
  const stopping = AbortSignal.any([signal, stop.signal]);
  const how = await ask(stopping, scoring).then(
    () => 'done' as const,
    (error) => {
      if (!stopping.aborted) throw error;
      return 'stopped' as const;
    },
  );
  await scoring.end(how);
  return how === 'done';
}

/** Scores with rank 0. */
async function help(said: string, options: RewardModelOptions, scoring: ScoringRanks): Promise<boolean> {
  await chooseBackend(options.backend, options);
  const model = await openRewardModel(said, options);
  try {
    return (await scoring.follow(model.score)) === 'done';
  } finally {
    model.close();
  }
}

/** Whether the folder of a model, or of its run, was named, or a model on the hub. At an endpoint a name may look so too. */
export function isRewardModel(said: string, { endpoint }: Pick<RewardModelOptions, 'endpoint'>): boolean {
  return endpoint === undefined && (isOnHub(said) || (existsSync(said) && statSync(said).isDirectory()));
}
