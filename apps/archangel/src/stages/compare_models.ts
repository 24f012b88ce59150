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
import type { CausalLM, SamplingOptions } from '@halokit/models';
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

/** How the judged responses are drawn: the report's settings. */
const judged = { temperature: 1, topP: 0.95 } as const;

/** Prompts whose unfiltered draws the KL is estimated on: top-p would make it another distribution's. */
const klPrompts = 100;

/**
 * Draws one response to every held-out prompt. Against a base model, adds the win rate over its responses, the accuracy
 * of the implied reward, and the KL to it.
 */
export async function measure(
  name: string,
  model: CausalLM,
  set: HeldOutSet,
  base?: { readonly model: CausalLM; readonly standing: Standing; readonly beta: number },
): Promise<Standing> {
  const prompts = set.tokenized.map(({ prompt }) => prompt);
  const bar = progress(`${name} answers`, prompts.length);
  const samples = await draw(model, prompts, set, judged, (done) => bar.update(done));
  bar.end();
  const meanLength = meanInterval(samples.map(({ ids }) => ids.length));
  if (!base) return { name, samples, meanLength };
  const { beta } = base;
  const models = { policy: model, reference: base.model };
  const { accuracy } = await heldOutRewards({ ...models, preferences: set.tokenized, beta, rowsAtOnce });
  const unfiltered = await draw(model, prompts.slice(0, klPrompts), set, { temperature: 1 });
  const rows = unfiltered.map(({ ids }, i) => ({ prompt: prompts[i] as Int32Array, response: ids }));
  const kl = await sampledKl(model, base.model, rows, { rowsAtOnce });
  const winRate = await winRateOf(samples, base.standing.samples, set.pairs, set.judge);
  return { name, samples, meanLength, aligned: { accuracy, winRate, kl } };
}

function draw(
  model: CausalLM,
  prompts: readonly Int32Array[],
  { tokenizer, seed, maxNewTokens }: HeldOutSet,
  sampling: SamplingOptions,
  onProgress?: (done: number) => void,
): Promise<Sample[]> {
  return samplePrompts({ model, prompts, tokenizer, maxNewTokens, ...sampling, seed, rowsAtOnce, onProgress });
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
