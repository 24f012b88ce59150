import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { functionScorer, type Prompt, type Scorer } from '@halokit/data';
import { conversationText, type ScoredText } from '@halokit/evaluation';
import { chooseBackend } from '../backend';
import type { LabelConfig } from '../config/label_config';
import { InputError } from '../input_error';
import { isRewardModel } from '../judges/ask_together';
import { findJudge } from '../judges/find_judge';
import type { FoundJudge } from '../judges/found_judge';
import { openRewardModel, textsAtOnce } from '../judges/reward_judge';
import type { ScoringRanks } from '../judges/score_together';
import { importFile } from '../losses/import_file';
import { worldName, worldScorer } from '../world/world_judge';

/** Who labels: by scores, or by judging two answers. */
export type Labeller = {
  /** As it is called in words. */
  readonly name: string;
  close(): void | Promise<void>;
} & (
  | { readonly kind: 'scores'; readonly scorer: Scorer }
  | {
      readonly kind: 'judge';
      readonly found: FoundJudge;
      /** Names its verdicts in a cache, where it keeps none itself. */
      readonly version?: string;
    }
);

/** A prompt and a response as the one text that a scorer is asked about, and a cache knows. */
export function scoredText(prompt: Prompt, response: string): string {
  return JSON.stringify([prompt.map(({ role, content }) => ({ role, content })), response]);
}

function fromText(text: string): ScoredText {
  const [turns, response] = JSON.parse(text) as [Prompt, string];
  return { prompt: conversationText(turns), turns, response };
}

/**
 * The demo world's judge, or the reward model, function, judge or endpoint's model that was named.
 *
 * @param signal ends the asking, where it takes its time
 * @param scoring ranks that score together, where it is a reward model
 * @throws InputError for what is none of them
 */
export async function findLabeller(
  config: LabelConfig,
  signal: AbortSignal,
  scoring?: ScoringRanks,
): Promise<Labeller> {
  const { by, backend } = config;
  if (config.endpoint === undefined && by === worldName) {
    return { kind: 'scores', name: "the demo world's judge", scorer: worldScorer(fromText), close() {} };
  }
  if (isRewardModel(by, config)) {
    await chooseBackend(backend, config);
    const { name, fingerprint, score, close } = await openRewardModel(by, config, scoring);
    const scoreAll = (texts: readonly string[]) => score(texts.map(fromText));
    const batchSize = textsAtOnce * (scoring?.size ?? 1);
    const scorer: Scorer = { name: `reward model ${fingerprint}`, batchSize, score: scoreAll };
    return { kind: 'scores', name: `the reward model ${name}`, scorer, close };
  }
  const version = isOwnFile(by) && existsSync(by) ? versionOf(by) : undefined;
  const scorer = version === undefined ? undefined : await ownScorer(by, version);
  if (scorer) return { kind: 'scores', name: by, scorer, close() {} };
  const found = await findJudge(by, config, signal);
  return { kind: 'judge', name: found.name, found, close: found.close, ...(version !== undefined && { version }) };
}

const isOwnFile = (by: string) => /\.[cm]?[jt]s$/.test(by);

/** A changed file is another labeller. */
function versionOf(file: string): string {
  return `${file} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`;
}

/** What a file's `score` says; undefined for a file without one. */
async function ownScorer(file: string, version: string): Promise<Scorer | undefined> {
  const { score, default: judge } = await importFile(file);
  if (typeof score === 'function') return functionScorer(version, async (text) => score(fromText(text)));
  if (typeof judge === 'function') return undefined;
  throw new InputError(
    `${file}: exports neither "score", a function of { prompt, turns, response } that gives a number, nor a judge by default.`,
  );
}
