import pRetry, { AbortError } from 'p-retry';
import { shown } from '../row';
import { sleep, within } from './patience';
import type { ScoreOptions } from './score_options';
import { type Scorer, ScoringError } from './scorer';

/** Requests with retries, and the first thing that ends them all. */
export class ScoringRun {
  /** Aborts waits and further attempts, not requests under way: their answers are still worth keeping. */
  private readonly over = new AbortController();
  private readonly signal: AbortSignal;
  private failure: { readonly error: unknown } | undefined;
  private readonly onAbort = () => this.end(this.signal.reason);
  /** No request is made before this time: the scorer asked for a rest. */
  private restUntil = 0;

  constructor(
    private readonly scorer: Scorer,
    private readonly options: ScoreOptions,
  ) {
    this.signal = options.signal ?? new AbortController().signal;
    if (this.signal.aborted) this.end(this.signal.reason);
    else this.signal.addEventListener('abort', this.onAbort);
  }

  get isOver(): boolean {
    return this.failure !== undefined;
  }

  /** @throws what ended the run, if anything did */
  finish(): void {
    this.signal.removeEventListener('abort', this.onAbort);
    if (this.failure) throw this.failure.error;
  }

  /** What goes wrong ends the run, or gives the texts up. */
  async score(
    texts: readonly string[],
    onScore: (text: string, score: number) => void,
    onGivenUp: () => void,
  ): Promise<void> {
    if (this.isOver) return;
    const { retries = 5, backoff = 500, longestWait = 60_000, onFailure = 'stop' } = this.options;
    const attempt = async () => {
      const numbers = await this.ask(texts);
      await this.keep(texts, numbers);
      texts.forEach((text, i) => {
        onScore(text, numbers[i] as number);
      });
    };
    try {
      await pRetry(attempt, {
        retries,
        minTimeout: Math.min(backoff, longestWait),
        maxTimeout: longestWait,
        randomize: true,
        signal: this.over.signal,
        shouldRetry: ({ error }) => isWorthRetrying(error),
        onFailedAttempt: ({ error, attemptNumber, retriesLeft }) => {
          if (error instanceof ScoringError && error.retryAfter > 0) {
            this.restUntil = Math.max(this.restUntil, Date.now() + Math.min(error.retryAfter, longestWait));
          }
          const again = retriesLeft > 0 && !this.isOver && isWorthRetrying(error);
          if (again) this.options.onRetry?.({ error, attempt: attemptNumber, retriesLeft });
        },
      });
    } catch (error) {
      if (onFailure === 'stop' || !(error instanceof ScoringError)) this.end(error);
      else if (texts.length === 1) onGivenUp();
      // One bad text must not take its batch with it.
      else for (const half of halves(texts)) await this.score(half, onScore, onGivenUp);
    }
  }

  private async ask(texts: readonly string[]): Promise<readonly number[]> {
    const { timeout = 30_000 } = this.options;
    while (Date.now() < this.restUntil) await sleep(this.restUntil - Date.now(), this.over.signal);
    this.over.signal.throwIfAborted();
    const { name } = this.scorer;
    const late = () => new ScoringError(`${name}: no answer within ${timeout} ms.`);
    const scores = await within(timeout, late, this.signal, (signal) => this.scores(texts, signal));
    if (!Array.isArray(scores) || scores.length !== texts.length) {
      throw new ScoringError(
        `${name}: gave no list of scores as long as that of the texts, ${texts.length}: ${shown(scores)}.`,
      );
    }
    for (const score of scores) {
      if (Number.isFinite(score)) continue;
      const odd = typeof score === 'number' ? score : shown(score);
      throw new ScoringError(`${name}: gave a score that is no finite number, ${odd}.`);
    }
    return scores;
  }

  private async scores(texts: readonly string[], signal: AbortSignal): Promise<readonly number[]> {
    try {
      return await this.scorer.score(texts, signal);
    } catch (error) {
      // By its name: other packages have a class of their own.
      if (error instanceof ScoringError || (error instanceof Error && error.name === 'InputError')) throw error;
      const message = error instanceof Error ? error.message : shown(error);
      throw new ScoringError(`${this.scorer.name}: failed: ${message}`, { cause: error });
    }
  }

  private async keep(texts: readonly string[], scores: readonly number[]): Promise<void> {
    try {
      for (const [i, text] of texts.entries())
        await this.options.cache?.set(this.scorer.name, text, scores[i] as number);
    } catch (error) {
      throw new AbortError(error as Error);
    }
  }

  end(error: unknown): void {
    this.failure ??= { error };
    this.over.abort(error);
  }
}

function isWorthRetrying(error: Error): boolean {
  return error instanceof ScoringError && error.retry;
}

function halves(texts: readonly string[]): (readonly string[])[] {
  const half = texts.length >> 1;
  return [texts.slice(0, half), texts.slice(half)];
}
