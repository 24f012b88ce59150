import { existsSync, statSync } from 'node:fs';
import { isOnHub } from '@halokit/models/node';
import { chooseBackend } from '../backend';
import type { JudgeConfig } from '../config/judge_config';
import { fromFirst } from '../ranks/from_first';
import { currentRanks } from '../ranks/ranks';
import { workTogether } from '../ranks/work_together';
import { openRewardModel } from './reward_judge';
import { type ScoringRanks, scoringRanks } from './score_together';

type RewardModelOptions = Pick<JudgeConfig, 'offline' | 'backend' | 'device' | 'float16' | 'threads' | 'endpoint'>;

/** What is done with a judge or scorer, on rank 0. @param scoring where other ranks score with it */
type Asking = (signal: AbortSignal, scoring?: ScoringRanks) => Promise<void>;

/** What became of it. */
type Outcome = 'done' | 'stopped' | { readonly error: unknown };

/**
 * Does what asks a judge or a scorer: on rank 0, which alone reads, writes and pays. Of several ranks the others score their
 * share where it is a reward model, and wait where it is anything else, which might ask for money or keep things in mind.
 *
 * @param said who is asked
 * @param signal whether this process was asked to stop
 * @returns whether it came to its end, on every rank; false where any of them was asked to stop
 * @throws what the asking throws, on every rank
 */
export async function askTogether(
  said: string,
  options: RewardModelOptions,
  signal: AbortSignal,
  ask: Asking,
): Promise<boolean> {
  const outcome = await (isRewardModel(said, options) ? scoring(said, options, signal, ask) : waiting(signal, ask));
  return fromFirst(() => {
    if (typeof outcome === 'object') throw outcome.error;
    return outcome === 'done';
  });
}

/** Rank 0 asks, and the others wait. */
async function waiting(signal: AbortSignal, ask: Asking): Promise<Outcome> {
  const { first } = currentRanks();
  const own = (stopping: AbortSignal): Promise<Outcome> => outcomeOf(async () => first && ask(stopping), stopping);
  return (await workTogether(own, { signal })).value ?? 'stopped';
}

/** Every rank has the model, and rank 0 leads. */
async function scoring(said: string, options: RewardModelOptions, signal: AbortSignal, ask: Asking): Promise<Outcome> {
  const ranks = currentRanks();
  const { communicator, first } = ranks;
  if (!communicator) return outcomeOf(() => ask(signal), signal);
  const stop = new AbortController();
  const together = scoringRanks({ ...ranks, communicator }, signal, () => stop.abort());
  if (!first) {
    await help(said, options, together);
    return 'done';
  }
  const stopping = AbortSignal.any([signal, stop.signal]);
  const outcome = await outcomeOf(() => ask(stopping, together), stopping);
  await together.end();
  return outcome;
}

async function outcomeOf(work: () => Promise<unknown>, stopping: AbortSignal): Promise<Outcome> {
  try {
    await work();
    return 'done';
  } catch (error) {
    return stopping.aborted ? 'stopped' : { error };
  }
}

/** Scores with rank 0. */
async function help(said: string, options: RewardModelOptions, together: ScoringRanks): Promise<void> {
  await chooseBackend(options.backend, options);
  const model = await openRewardModel(said, options);
  try {
    await together.follow(model);
  } finally {
    model.close();
  }
}

/** Whether the folder of a model, or of its run, was named, or a model on the hub. At an endpoint a name may look so too. */
export function isRewardModel(said: string, { endpoint }: Pick<RewardModelOptions, 'endpoint'>): boolean {
  return endpoint === undefined && (isOnHub(said) || (existsSync(said) && statSync(said).isDirectory()));
}
