import type { Preference, TokenizedPreference } from '@halokit/data';
import {
  type Estimate,
  heldOutRewards,
  type Judge,
  meanInterval,
  type Sample,
  sampledKl,
  samplePrompts,
  type WinRate,
  winRate,
} from '@halokit/evaluation';
import type { CausalLM } from '@halokit/models';
import { progress } from '../terminal/progress';

/** What is measured of an aligned model, each on the same held-out prompts. */
export interface Standing {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly meanLength: Estimate;
  /** Absent for the model the others are compared with. */
  readonly aligned?: { readonly accuracy: Estimate; readonly winRate: WinRate; readonly kl: Estimate };
}

export interface HeldOutSet {
  readonly pairs: readonly Preference[];
  readonly tokenized: readonly TokenizedPreference[];
  readonly tokenizer: { decode(ids: ArrayLike<number>): string; readonly eosId: number };
  readonly judge: Judge;
  readonly seed: number;
  readonly maxNewTokens: number;
}

/** Rows at once in passes without gradient: enough to fill the products, small enough for any memory. */
const rowsAtOnce = 64;

/**
 * Draws one response to every held-out prompt at temperature 1, unfiltered, so that the KL is of the policy itself.
 * Against a base model, adds the win rate over its responses, the accuracy of the implied reward, and the KL to it.
 */
export async function measure(
  name: string,
  model: CausalLM,
  set: HeldOutSet,
  base?: { readonly model: CausalLM; readonly standing: Standing; readonly beta: number },
): Promise<Standing> {
  const { tokenized, tokenizer, seed, maxNewTokens, judge } = set;
  const prompts = tokenized.map(({ prompt }) => prompt);
  const bar = progress(`${name} answers`, prompts.length);
  const onProgress = (done: number) => bar.update(done);
  const samples = await samplePrompts({
    model,
    prompts,
    tokenizer,
    maxNewTokens,
    temperature: 1,
    seed,
    rowsAtOnce,
    onProgress,
  });
  bar.end();
  const meanLength = meanInterval(samples.map(({ ids }) => ids.length));
  if (!base) return { name, samples, meanLength };
  const rewards = await heldOutRewards({
    policy: model,
    reference: base.model,
    preferences: tokenized,
    beta: base.beta,
    rowsAtOnce,
  });
  const rows = samples.map(({ ids }, i) => ({ prompt: prompts[i] as Int32Array, response: ids }));
  return {
    name,
    samples,
    meanLength,
    aligned: {
      accuracy: rewards.accuracy,
      winRate: await winRateOf(samples, base.standing.samples, set.pairs, judge),
      kl: await sampledKl(model, base.model, rows, { rowsAtOnce }),
    },
  };
}

/** How often one model's samples beat another's on the same prompts. */
export function winRateOf(
  candidates: readonly Sample[],
  baselines: readonly Sample[],
  pairs: readonly Preference[],
  judge: Judge,
): Promise<WinRate> {
  return winRate({
    prompts: pairs.map(({ prompt }) => prompt.map(({ content }) => content).join('\n')),
    candidates: candidates.map(({ text }) => text),
    baselines: baselines.map(({ text }) => text),
    judge,
  });
}
