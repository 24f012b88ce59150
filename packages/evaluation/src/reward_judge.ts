import { type CausalLM, type LogpRowsOptions, plainOutputs, type TokenRow } from '@halokit/models';
import type { Judge, Question } from './both_orders';
import { checkRow } from './check_row';
import { InputError } from './input_error';

/**
 * What a reward model says of responses: the score of its reward head, `score.weight`, at the last token of each row.
 *
 *     score_i = w . h(prompt_i, response_i)
 *
 * Only differences between scores of one prompt mean something: the Bradley-Terry loss does not see what is added to all.
 *
 * @param rows prompt and response as the model was trained on them
 * @returns a number a row, in their order
 * @throws InputError for a row that the model cannot read, a model without a reward head, or a score that is not finite
 * @example
 * const [better, worse] = await rewardScores(model, [{ prompt, response: chosen }, { prompt, response: rejected }]);
 */
export async function rewardScores(
  model: CausalLM,
  rows: readonly TokenRow[],
  options: LogpRowsOptions = {},
): Promise<number[]> {
  rows.forEach((row, i) => {
    checkRow(row, `text ${i}`, model);
  });
  const { scores } = await plainOutputs(model, rows, ['scores'], options);
  const broken = scores.findIndex((score) => !Number.isFinite(score));
  if (broken >= 0)
    throw new InputError(`The reward model's score of text ${broken} is ${scores[broken]}: it is broken.`);
  return Array.from(scores);
}

/** A response to be scored, behind its prompt; with the prompt's turns, where whoever asks has them. */
export type ScoredText = Pick<Question, 'prompt' | 'turns'> & { readonly response: string };

/** Gives responses numbers, in their order, the better the higher. */
export type ScoreTexts = (texts: readonly ScoredText[]) => Promise<readonly number[]>;

/**
 * A judge that prefers the response with the higher score; equal scores are a tie. With a reward model's scores this is the
 * judge of RLHF: its preference has probability sigma(score - score') under Bradley and Terry.
 *
 * Questions that wait together are scored together, so ask with `concurrency` (`winRate`) as high as the model takes rows at
 * once; and a text is scored once, so that the second order costs nothing.
 *
 * @throws what `score` throws, from the judge
 * @example
 * const judge = rewardJudge((texts) => rewardScores(model, texts.map(({ prompt, response }) => tokenize(prompt, response))));
 */
export function rewardJudge(score: ScoreTexts): Judge {
  const known = new Map<string, Promise<number>>();
  let waiting: Waiting[] = [];
  let scoring = Promise.resolve();

  async function scoreWaiting(): Promise<void> {
    // Whoever else asks in this turn of the event loop is scored too.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const asked = waiting;
    waiting = [];
    try {
      const scores = await score(asked.map(({ text }) => text));
      asked.forEach(({ resolve }, i) => {
        resolve(scores[i] as number);
      });
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  function scoreOf(text: ScoredText): Promise<number> {
    const key = JSON.stringify([text.turns ?? text.prompt, text.response]);
    const before = known.get(key);
    if (before) return before;
    // One batch after the other: two at once would need the memory of both.
    if (waiting.length === 0) scoring = scoring.then(scoreWaiting);
    const answer = new Promise<number>((resolve, reject) => {
      waiting.push({ text, resolve, reject });
    });
    known.set(key, answer);
    return answer;
  }

  return async ({ first, second, ...asked }) => {
    const of = (response: string) => scoreOf({ ...asked, response });
    const [a, b] = await Promise.all([of(first), of(second)]);
    const verdict = a > b ? 'first' : a < b ? 'second' : 'tie';
    return { verdict, said: `${a} for the first, ${b} for the second` };
  };
}

interface Waiting {
  readonly text: ScoredText;
  resolve(score: number): void;
  reject(error: unknown): void;
}
