import { InputError, type Tally, tokenizePrompt } from '@halokit/data';
import type { AskedModel } from '../chat/asked_model';
import type { AskedPrompt } from './asked_prompts';

/** A prompt with its place among all there are, which tells its draws. */
export interface PlacedPrompt extends AskedPrompt {
  readonly place: number;
}

/** Tokens left free behind every prompt, so that models with and without a control token are asked the same. */
const controlRoom = 8;

/**
 * The first so many prompts that every model can read whole and answer at full length: their tokens, the format's tags among
 * them, are at most the shortest context less `maxNewTokens` and 8 for a control token. One that was cut would be answered
 * and judged as something else. In the place of one that is left out comes the next of its set, so that the sets keep their
 * shares.
 *
 * @param tally counts the prompts that were looked at
 * @throws InputError where there is no room for any
 */
export function fittingPrompts(
  sequence: readonly AskedPrompt[],
  models: readonly AskedModel[],
  { count, maxNewTokens }: { readonly count: number; readonly maxNewTokens: number },
  tally: Tally,
): PlacedPrompt[] {
  const limit = longestPrompt(models, maxNewTokens);
  const queues = bySet(sequence);
  const nextOf = (set: string): PlacedPrompt | undefined => {
    // Goes on where it stood at this set's last turn.
    for (const prompt of queues.get(set) ?? []) {
      const why = models.map((model) => misfit(prompt, model, limit)).find((reason) => reason !== undefined);
      if (why === undefined) {
        tally.keep();
        return prompt;
      }
      tally.drop(why);
    }
    return undefined;
  };
  const found: PlacedPrompt[] = [];
  for (const { set } of sequence) {
    if (found.length === count) break;
    const prompt = nextOf(set);
    if (prompt) found.push(prompt);
  }
  return found;
}

/** Each set's prompts in their order. */
function bySet(sequence: readonly AskedPrompt[]): ReadonlyMap<string, IterableIterator<PlacedPrompt>> {
  const sets = new Map<string, PlacedPrompt[]>();
  for (const [place, prompt] of sequence.entries()) {
    const prompts = sets.get(prompt.set) ?? [];
    prompts.push({ ...prompt, place });
    sets.set(prompt.set, prompts);
  }
  return new Map([...sets].map(([set, prompts]) => [set, prompts.values()]));
}

/** In tokens. @throws InputError where there is no room for any */
function longestPrompt(models: readonly AskedModel[], maxNewTokens: number): number {
  const context = Math.min(...models.map(({ config }) => config.maxPositionEmbeddings));
  const limit = context - maxNewTokens - controlRoom;
  if (limit > 0) return limit;
  throw new InputError(
    `maxNewTokens: ${maxNewTokens} leaves no room for a prompt in a context of ${context} tokens. Lower it with --max-new-tokens.`,
  );
}

/** Why a model cannot be asked this; undefined where it can. */
function misfit({ turns }: AskedPrompt, model: AskedModel, limit: number): string | undefined {
  try {
    return promptTokens(turns, model).length > limit ? `longer than ${limit} tokens` : undefined;
  } catch (error) {
    if (error instanceof InputError) return `turns that the format ${model.format.name} cannot say`;
    throw error;
  }
}

/** A prompt whole, as the model reads it. @throws InputError for turns that its format cannot say */
export function promptTokens(
  turns: AskedPrompt['turns'],
  { tokenizer: { tokenizer }, format }: AskedModel,
  controlToken?: string,
): Int32Array {
  const whole = { maxLength: Number.MAX_SAFE_INTEGER, maxPromptLength: Number.MAX_SAFE_INTEGER - 1 };
  const prompt = tokenizePrompt(turns, { tokenizer, format, ...whole, ...(controlToken && { controlToken }) });
  return prompt?.ids ?? new Int32Array();
}
