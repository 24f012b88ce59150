import { setMaxListeners } from 'node:events';
import pRetry from 'p-retry';
import { InputError } from '../input_error';
import type { Answer } from './answer';
import { Budget, type Prices, priceOf } from './budget';
import type { Endpoint } from './endpoint';
import { EndpointError } from './endpoint_error';
import { Pace, sleep } from './pace';
import { tokenBound, tokensOf } from './token_bound';

export interface AskRetry {
  readonly error: Error;
  /** From 1. */
  readonly attempt: number;
  readonly retriesLeft: number;
}

/** How patiently, how fast and how dearly an endpoint is asked. */
export interface AskOptions {
  /** How often a failed request is made again; 8 unless stated. */
  readonly retries?: number;
  /** The wait before the first retry, in milliseconds, doubled for each further one and then up to doubled at random; 500 unless stated. */
  readonly backoff?: number;
  /** The longest wait between retries, `Retry-After` included, in milliseconds; a minute unless stated. */
  readonly longestWait?: number;
  /** Requests are spread so that there are no more than this a minute. */
  readonly requestsPerMinute?: number;
  /** And so that their tokens, counted beforehand by the most they can be, are no more than this a minute. */
  readonly tokensPerMinute?: number;
  readonly maxTokens?: number;
  readonly prices?: Prices;
  /** What may be paid, in the currency of `prices`. A request is made only if the most that it can cost is still there. */
  readonly maxCost?: number;
  readonly onRetry?: (retry: AskRetry) => void;
  /** Ends the asking: waits and further attempts, not requests under way, whose answers are paid for. */
  readonly signal?: AbortSignal;
}

/** Asks an endpoint with retries, within limits of rate and cost that all its questions share. */
export class Asker {
  requests = 0;
  /** What answers that were lost can have cost at most. */
  lost = 0;
  private readonly budget: Budget;
  private readonly pace: { readonly requests: Pace; readonly tokens: Pace };
  private readonly signal: AbortSignal;
  /** No request is made before this time: the endpoint asked for a rest. */
  private restUntil = 0;

  /** @throws InputError for options of the wrong type */
  constructor(
    private readonly endpoint: Endpoint,
    private readonly options: AskOptions,
  ) {
    checkAskOptions(options);
    this.budget = new Budget(options.maxCost);
    this.pace = { requests: new Pace(options.requestsPerMinute), tokens: new Pace(options.tokensPerMinute) };
    this.signal = AbortSignal.any(options.signal ? [options.signal] : []);
    // Whoever waits listens, and there are as many as ask at once.
    setMaxListeners(0, this.signal);
  }

  /** What requests cost until now, lost answers by the most that they can have cost. */
  get paid(): number {
    return this.budget.spent;
  }

  /**
   * The answer to a text.
   *
   * @param keep awaited before the answer counts
   * @throws EndpointError after all retries; InputError, JudgingStopped, the signal's reason or what `keep` throws at once
   */
  async ask(text: string, keep: (answer: Answer) => void | Promise<void>): Promise<Answer> {
    const { retries = 8, backoff = 500, longestWait = 60_000, onRetry } = this.options;
    let answer: Answer | undefined;
    const attempt = async () => {
      answer = await this.once(text);
    };
    await pRetry(attempt, {
      retries,
      minTimeout: Math.min(backoff, longestWait),
      maxTimeout: longestWait,
      randomize: true,
      signal: this.signal,
      shouldRetry: ({ error }) => worthRetrying(error),
      onFailedAttempt: ({ error, attemptNumber, retriesLeft }) => {
        if (error instanceof EndpointError && error.retryAfter > 0) {
          this.restUntil = Math.max(this.restUntil, performance.now() + Math.min(error.retryAfter, longestWait));
        }
        if (retriesLeft > 0 && worthRetrying(error)) onRetry?.({ error, attempt: attemptNumber, retriesLeft });
      },
    }).catch((error) => {
      // An answer that came while the asking was ended is paid for.
      if (answer === undefined) throw error;
    });
    await keep(answer as Answer);
    return answer as Answer;
  }

  /** One attempt, when it is its turn. */
  private async once(text: string): Promise<Answer> {
    const { prices = { input: 0, output: 0 } } = this.options;
    const bound = tokenBound(text, this.options);
    const most = priceOf(bound, prices);
    await this.budget.setAside(most);
    let paid = 0;
    try {
      await this.turn(bound.promptTokens + bound.completionTokens);
      this.requests += 1;
      const answer = await this.endpoint.ask(text);
      paid = priceOf(tokensOf(answer, text, this.options), prices);
      return answer;
    } catch (error) {
      if (error instanceof EndpointError && error.maybeBilled) {
        paid = most;
        this.lost += most;
      }
      throw error;
    } finally {
      this.budget.settle(most, paid);
    }
  }

  private async turn(tokens: number): Promise<void> {
    this.signal.throwIfAborted();
    await this.pace.requests.take(1, this.signal);
    await this.pace.tokens.take(tokens, this.signal);
    for (let rest = this.restLeft(); rest > 0; rest = this.restLeft()) await sleep(rest, this.signal);
  }

  private restLeft(): number {
    return this.restUntil - performance.now();
  }
}

function worthRetrying(error: Error): boolean {
  return error instanceof EndpointError && error.retry;
}

function checkAskOptions(options: AskOptions): void {
  const { retries = 0, maxTokens = 1, maxCost, prices } = options;
  for (const [name, value, least] of [['retries', retries, 0] as const, ['maxTokens', maxTokens, 1] as const]) {
    if (!Number.isInteger(value) || value < least) {
      throw new InputError(`${name}: must be a whole number from ${least}, not ${value}.`);
    }
  }
  const { backoff = 0, longestWait = 0, requestsPerMinute = 1, tokensPerMinute = 1 } = options;
  for (const [name, value] of Object.entries({ backoff, longestWait, maxCost: maxCost ?? 0, ...prices })) {
    if (!(value >= 0)) throw new InputError(`${name}: must be a number from 0, not ${value}.`);
  }
  for (const [name, value] of Object.entries({ requestsPerMinute, tokensPerMinute })) {
    if (!(value > 0)) throw new InputError(`${name}: must be a number above 0, not ${value}.`);
  }
  if (maxCost !== undefined && !prices) throw new InputError('maxCost: give prices too, or nothing has a cost.');
}
