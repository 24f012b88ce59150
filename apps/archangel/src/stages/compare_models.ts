import type { Preference, TokenizedPreference } from '@halokit/data';
import {
  type Estimate,
  heldOutRewards,
  type Judge,
  meanInterval,
  type Sample,
  samplePrompts,
  type WinRate,
  winRate,
} from '@halokit/evaluation';
import { type CausalLM, logpRows, type SamplingOptions, type TokenRow } from '@halokit/models';
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

/** The model that others are compared with, and how one is asked that is compared with it. */
export interface Base {
  readonly model: CausalLM;
  readonly standing: Standing;
  /** Scale of the implied reward. */
  readonly beta: number;
  /** The held-out prompts as the compared model is asked them: the base's own, or with a control token at their end. */
  readonly prompts: readonly Int32Array[];
}

/**
 * Draws one response to every held-out prompt. Against a base model, adds the win rate over its responses, the accuracy
 * of the implied reward, and the KL to it.
 */
export async function measure(name: string, model: CausalLM, set: HeldOutSet, base?: Base): Promise<Standing> {
  const prompts = base?.prompts ?? set.tokenized.map(({ prompt }) => prompt);
  const bar = progress(`${name} answers`, prompts.length);
  const samples = await draw(model, prompts, set, judged, (done) => bar.update(done));
  bar.end();
  const meanLength = meanInterval(samples.map(({ ids }) => ids.length));
  if (!base) return { name, samples, meanLength };
  const aligned = {
    accuracy: await accuracyOf(model, set.tokenized, base),
    winRate: await winRateOf(samples, base.standing.samples, set.pairs, set.judge),
    kl: await klTo(model, set, base),
  };
  return { name, samples, meanLength, aligned };
}

/** How often the implied reward is higher for the chosen response; each model is asked in its own way. */
async function accuracyOf(
  policy: CausalLM,
  pairs: readonly TokenizedPreference[],
  { model, prompts, beta }: Base,
): Promise<Estimate> {
  const rows = pairs.flatMap(({ prompt, chosen, rejected }) =>
    [chosen, rejected].map((response) => ({ prompt, response })),
  );
  const logps = await logpRows(model, rows, { rowsAtOnce });
  const referenceLogps = pairs.map((_, i) => ({
    chosen: logps[2 * i] as Float32Array,
    rejected: logps[2 * i + 1] as Float32Array,
  }));
  const preferences = pairs.map((pair, i) => ({ ...pair, prompt: prompts[i] as Int32Array }));
  return (await heldOutRewards({ policy, referenceLogps, preferences, beta, rowsAtOnce })).accuracy;
}

/** KL(model || base), in nats per response, on unfiltered draws. */
async function klTo(model: CausalLM, set: HeldOutSet, base: Base): Promise<Estimate> {
  const asked = base.prompts.slice(0, klPrompts);
  const draws = await draw(model, asked, set, { temperature: 1 });
  const sums = async (of: CausalLM, prompts: readonly Int32Array[]) => {
    const rows = draws.map(({ ids }, i): TokenRow => ({ prompt: prompts[i] as Int32Array, response: ids }));
    const logps = await logpRows(of, rows, { rowsAtOnce });
    return logps.map((row) => row.reduce((sum, logp) => sum + logp, 0));
  };
  const ours = await sums(model, asked);
  const theirs = await sums(
    base.model,
    set.tokenized.map(({ prompt }) => prompt),
  );
  return meanInterval(ours.map((sum, i) => sum - (theirs[i] as number)));
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
