import { createHash } from 'node:crypto';
import type { Judge, Judgment } from '../both_orders';
import { type Answer, type AnswerCache, memoryAnswerCache } from './answer';
import { Asker, type AskOptions } from './asker';
import { type Prices, priceOf } from './budget';
import { Endpoint, type EndpointOptions } from './endpoint';
import { EndpointError } from './endpoint_error';
import { filledForm, type QuestionForm } from './question_form';
import { tokensOf } from './token_bound';
import { verdictOf } from './verdict_of';

export interface OpenAiJudgeOptions extends EndpointOptions, AskOptions {
  readonly question: QuestionForm;
  readonly prices?: Prices;
  /** Answers that were paid for; a memory of this judge's own unless stated. */
  readonly cache?: AnswerCache;
  /**
   * What a question is that the endpoint will not take (it answers 400, 413 or 422, because a text is too long, say): the end
   * of judging ('stop', unless stated), or an unparsable answer.
   */
  readonly onRefusal?: 'stop' | 'unparsable';
}

/** What a judge's answers took until now. */
export interface Spending {
  /** Made, whatever came of them. */
  readonly requests: number;
  /** Answers that were there already. */
  readonly cached: number;
  /** Of all answers, cached ones too. Where an endpoint does not count, the most that they can be. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** What all these answers cost, cached ones too, and lost ones; absent without prices. */
  readonly price?: number;
  /** What of it was paid by this judge. */
  readonly paid?: number;
}

export interface OpenAiJudge {
  readonly judge: Judge;
  /** The endpoint's host and port. */
  readonly host: string;
  spending(): Spending;
}

/**
 * A model behind an endpoint that speaks OpenAI's chat completions as a judge: a hosted one, or a server on this machine
 * (llama.cpp, Ollama, vLLM).
 *
 *     const question = await readQuestionForm('helpful_harmless_concise');
 *     const { judge } = openAiJudge({ endpoint: 'http://127.0.0.1:8080/v1', model: 'local', question });
 *     const { rate, unparsable } = await winRate({ prompts, candidates, baselines, judge, concurrency: 8 });
 *
 * A question is asked once however often it comes, and not at all if the cache has it; an answer is in the cache before
 * it counts. Asked again, after a while: where the connection fails, where no answer comes in time, for 408, 409, 425, 429
 * and 5xx (not before `Retry-After`), and where the answer is not JSON or holds no message. An answer in which no verdict
 * can be read (`verdictOf`), or which was cut off, is unparsable, and kept word for word.
 *
 * @throws InputError for options of the wrong type; from the judge, for a key, address or model that is refused
 * @throws JudgingStopped from the judge, where `maxCost` would be exceeded
 * @throws EndpointError from the judge, for a question that gets no answer
 */
export function openAiJudge(options: OpenAiJudgeOptions): OpenAiJudge {
  const { question: form, prices, cache = memoryAnswerCache(), onRefusal = 'stop' } = options;
  const endpoint = new Endpoint(options);
  const asker = new Asker(endpoint, options);
  const underWay = new Map<string, Promise<Answer>>();
  const so = { cached: 0, promptTokens: 0, completionTokens: 0 };

  async function answerTo(text: string, key: string): Promise<Answer> {
    const known = await cache.get(key);
    const answer = known ?? (await asker.ask(text, (answer) => cache.set(key, answer)));
    const counts = tokensOf(answer, text, options);
    so.promptTokens += counts.promptTokens;
    so.completionTokens += counts.completionTokens;
    if (known) so.cached += 1;
    return answer;
  }

  async function judge(question: Parameters<Judge>[0]): Promise<Judgment> {
    const text = filledForm(form, question);
    const key = digest([endpoint.address, endpoint.settings, text]);
    const already = underWay.get(key);
    const answer = already ?? answerTo(text, key).finally(() => underWay.delete(key));
    if (!already) underWay.set(key, answer);
    try {
      return judgmentOf(await answer);
    } catch (error) {
      if (onRefusal === 'unparsable' && error instanceof EndpointError && error.refused) return silence;
      throw error;
    }
  }

  const spending = (): Spending => {
    const { requests, paid, lost } = asker;
    return { requests, ...so, ...(prices && { price: priceOf(so, prices) + lost, paid }) };
  };
  return { judge, host: endpoint.host, spending };
}

const silence: Judgment = { verdict: 'unparsable', said: '' };

const cutOff = ['length', 'content_filter'];

function judgmentOf({ said, finish }: Answer): Judgment {
  // What was cut off may end in a verdict that it was only quoting.
  return { verdict: cutOff.includes(finish) ? 'unparsable' : verdictOf(said), said };
}

/** JSON keeps half characters apart, which UTF-8 does not. */
function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
