import { existsSync, statSync } from 'node:fs';
import { chooseBackend } from '../backend';
import type { EndpointConfig } from '../config/endpoint_options';
import type { JudgeConfig } from '../config/judge_config';
import { InputError } from '../input_error';
import { worldJudge, worldName } from '../world/world_judge';
import type { FoundJudge } from './found_judge';
import { functionJudge } from './function_judge';
import { openRewardModel, textsAtOnce } from './reward_judge';

type JudgeOptions = EndpointConfig & Pick<JudgeConfig, 'offline' | 'backend' | 'device' | 'float16' | 'threads'>;

/**
 * The judge that a person means: the demo world's (`world`), a TypeScript or JavaScript file, the folder of a model with a reward head (or of its run,
 * or its place on the hub), or else the name of a model at an endpoint.
 *
 * @param signal ends the asking of an endpoint
 * @throws InputError for a file or folder that is not there, or is no judge
 */
export async function findJudge(said: string, options: JudgeOptions, signal: AbortSignal): Promise<FoundJudge> {
  if (/\.[cm]?[jt]s$/.test(said)) return functionJudge(said);
  // At an endpoint a name may look like a folder's, or be any other.
  if (options.endpoint === undefined && said === worldName) return worldJudge();
  if (options.endpoint === undefined && (isFolder(said) || said.startsWith('hf:'))) return rewardModel(said, options);
  if (/^(\.{0,2}[/\\]|~)/.test(said)) throw new InputError(`${said}: there is no such file or folder. Check the path.`);
  // Its client takes a third of a second to load, which other commands need not wait for.
  const { endpointJudge } = await import('./endpoint_judge');
  return endpointJudge(said, options, signal);
}

async function rewardModel(said: string, options: JudgeOptions): Promise<FoundJudge> {
  await chooseBackend(options.backend, options);
  const { name, judge, close } = await openRewardModel(said, { offline: options.offline });
  return { name, judge, concurrency: textsAtOnce, close: async () => close() };
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
