import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endOfResponse, Tally, type TokenizeOptions, tokenizeDemonstrations, tokenizePrompt } from '@halokit/data';
import { type Judge, rewardJudge, rewardScores, type ScoredText, type ScoreTexts } from '@halokit/evaluation';
import { disposeModel, hasHead, modelFingerprint, type TokenRow } from '@halokit/models';
import { parse } from 'yaml';
import { z } from 'zod';
import { type AskedModel, findAsked } from '../chat/asked_model';
import { InputError } from '../input_error';
import { loadFound } from '../stages/find_model';
import { configFile } from '../stages/run_folder';
import { commandLine } from '../terminal/command_line';
import type { ScoringRanks } from './score_together';

/** A model with a reward head, which scores responses. */
export interface RewardModel {
  /** The checkpoint's folder, or its place on the hub. */
  readonly name: string;
  /** SHA-256 of the model (`modelFingerprint`). */
  readonly fingerprint: string;
  readonly score: ScoreTexts;
  /** Prefers the higher score. */
  readonly judge: Judge;
  close(): void;
}

/** Texts that a rank scores at once, and questions that are asked at once where it judges. */
export const textsAtOnce = 32;

/**
 * Opens a reward model by its run's folder, its checkpoint's, or its place on the hub. It reads texts as it was trained on
 * them: in its run's format and lengths, the beginning of a prompt and the end of a response cut where they are too long, and
 * behind every response that fits an end token, whether its writer came to one or was stopped.
 *
 * @param scoring ranks that score together, led by this one
 * @throws InputError for a model without a reward head
 */
export async function openRewardModel(
  said: string,
  { offline }: { readonly offline: boolean },
  scoring?: ScoringRanks,
): Promise<RewardModel> {
  const asked = await findAsked(said, { offline, control: 'none' });
  const options = await tokenizeOptions(asked);
  const model = await loadFound(asked.found, { offline, trainable: false });
  if (!hasHead(model, 'reward')) {
    disposeModel(model);
    throw new InputError(
      `${asked.place}: has no reward head, so it scores nothing. Train one that has: ${commandLine('train', '--method', 'bradleyTerry')} ...`,
    );
  }
  const own: ScoreTexts = (texts) => {
    const rows = texts.map((text) => rowOf(text, options));
    return rewardScores(model, rows, { rowsAtOnce: textsAtOnce });
  };
  const named = { name: asked.place, fingerprint: await modelFingerprint(model) };
  const score = scoring ? scoring.lead({ ...named, score: own }) : own;
  return { ...named, score, judge: rewardJudge(score), close: () => disposeModel(model) };
}

const lengths = z.object({ maxLength: z.number().optional(), maxPromptLength: z.number().optional() });

/** As its run made tokens, or for a model of no run as its context allows. */
async function tokenizeOptions({ run, config, tokenizer, format }: AskedModel): Promise<TokenizeOptions> {
  const context = config.maxPositionEmbeddings;
  const trained = run === undefined ? {} : lengths.parse(parse(await readFile(join(run, configFile), 'utf8')));
  const longest = Math.min(trained.maxLength ?? context, context);
  const longestPrompt = Math.min(trained.maxPromptLength ?? Math.ceil((3 * longest) / 4), longest - 1);
  const limits = {
    maxLength: longest,
    maxPromptLength: longestPrompt,
    longPrompts: 'cut',
    unfitTurns: 'error',
  } as const;
  return { tokenizer: tokenizer.tokenizer, format, ...limits };
}

/**
 * A response that says nothing is its end token alone: models do answer so, and it has to be judged.
 *
 * @throws InputError for a prompt that the format cannot say, or of which no end fits
 */
function rowOf({ prompt: said, turns, response }: ScoredText, options: TokenizeOptions): TokenRow {
  const prompt = turns ?? [{ role: 'user', content: said } as const];
  const example = { prompt, response, source: 'an answer to score', line: 1 };
  const [row] = tokenizeDemonstrations([example], options, new Tally());
  if (row) return row;
  const { format, tokenizer } = options;
  const ids = tokenizePrompt(prompt, options)?.ids;
  if (ids) return { prompt: ids, response: Int32Array.of(endOfResponse(format, tokenizer)) };
  throw new InputError(`The reward model has no room for this prompt: ${JSON.stringify(said.slice(0, 80))}.`);
}
