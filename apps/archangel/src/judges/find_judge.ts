import { chooseBackend } from '../backend';
import type { EndpointConfig } from '../config/endpoint_options';
import type { JudgeConfig } from '../config/judge_config';
import { InputError } from '../input_error';
import { worldJudge, worldName } from '../world/world_judge';
import { isRewardModel } from './ask_together';
import type { FoundJudge } from './found_judge';
import { functionJudge } from './function_judge';
import { openRewardModel, textsAtOnce } from './reward_judge';
import type { ScoringRanks } from './score_together';

type JudgeOptions = EndpointConfig & Pick<JudgeConfig, 'offline' | 'backend' | 'device' | 'float16' | 'threads'>;

/**
 * The judge that a person means: the demo world's (`world`), a TypeScript or JavaScript file, the folder of a model with a reward head (or of its run,
 * or its place on the hub), or else the name of a model at an endpoint.
 *
 * @param signal ends the asking of an endpoint
 * @param scoring ranks that score together, where it is a reward model
 * @throws InputError for a file or folder that is not there, or is no judge
 */
export async function findJudge(
  said: string,
  options: JudgeOptions,
  signal: AbortSignal,
  scoring?: ScoringRanks,
): Promise<FoundJudge> {
  if (/\.[cm]?[jt]s$/.test(said)) return functionJudge(said);
  // At an endpoint a name may look like a folder's, or be any other.
  if (options.endpoint === undefined && said === worldName) return worldJudge();
  if (isRewardModel(said, options)) return rewardModel(said, options, scoring);
  if (/^(\.{0,2}[/\\]|~)/.test(said)) throw new InputError(`${said}: there is no such file or folder. Check the path.`);
  // Its client takes a third of a second to load, which other commands need not wait for.
  const { endpointJudge } = await import('./endpoint_judge');
  return endpointJudge(said, options, signal);
}

async function rewardModel(said: string, options: JudgeOptions, scoring?: ScoringRanks): Promise<FoundJudge> {
  await chooseBackend(options.backend, options);
  const { name, judge, close } = await openRewardModel(said, options, scoring);
  return { name, judge, concurrency: textsAtOnce * (scoring?.size ?? 1), close: async () => close() };
}
