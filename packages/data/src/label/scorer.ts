/** A black box that gives texts numbers. */
export interface Scorer {
  /** Names its scores in a cache; another model or version needs another name. */
  readonly name: string;
  /** How many texts it takes at once. */
  readonly batchSize: number;
  /** One finite number for each text, in order. May be asked for several batches at a time. */
  score(texts: readonly string[], signal: AbortSignal): Promise<readonly number[]>;
}

/** A request that gave no scores. */
export class ScoringError extends Error {
  override readonly name = 'ScoringError';
  /** Whether asking again may help. */
  readonly retry: boolean;
  /** How long the scorer wants to be left alone, in milliseconds. */
  readonly retryAfter: number;

  constructor(message: string, { retry = true, retryAfter = 0, cause = undefined as unknown } = {}) {
    super(message, { cause });
    this.retry = retry;
    this.retryAfter = retryAfter;
  }
}

/** Any function as a scorer, which is asked for one text at a time. What it throws is tried again, unless it is an InputError. */
export function functionScorer(
  name: string,
  score: (text: string, signal: AbortSignal) => number | Promise<number>,
): Scorer {
  return { name, batchSize: 1, score: async ([text = ''], signal) => [await score(text, signal)] };
}
