import { InputError } from '../input_error';
import type { LabelCache } from './label_cache';

/** In distinct texts. */
export interface LabelProgress {
  readonly total: number;
  /** Scored, `cached` ones included. */
  readonly done: number;
  /** Found in the cache. */
  readonly cached: number;
  /** Given up, where failures are dropped. */
  readonly failed: number;
}

export interface LabelRetry {
  readonly error: Error;
  /** From 1. */
  readonly attempt: number;
  readonly retriesLeft: number;
}

export interface ScoreOptions {
  /** Requests at a time; 4 unless stated. */
  readonly concurrency?: number;
  /** How often a failed request is made again; 5 unless stated. */
  readonly retries?: number;
  /** The wait before the first retry, in milliseconds, doubled for each further one and then up to doubled at random; 500 unless stated. */
  readonly backoff?: number;
  /** The longest wait between retries, `Retry-After` included, in milliseconds; a minute unless stated. */
  readonly longestWait?: number;
  /** For one request, in milliseconds; 30,000 unless stated. */
  readonly timeout?: number;
  readonly cache?: LabelCache;
  /** What to do when a text gets no score after all retries: 'stop' (unless stated), or 'drop' the examples with it. */
  readonly onFailure?: 'stop' | 'drop';
  readonly onProgress?: (progress: LabelProgress) => void;
  readonly onRetry?: (retry: LabelRetry) => void;
  /** Ends the run; what was scored until then is in the cache. */
  readonly signal?: AbortSignal;
}

/** @throws InputError for options of the wrong type */
export function checkScoreOptions({
  concurrency = 4,
  retries = 5,
  backoff = 0,
  longestWait = 0,
  timeout = 1,
  onFailure,
}: ScoreOptions) {
  const whole = { concurrency: [concurrency, 1], retries: [retries, 0] } as const;
  for (const [name, [value, least]] of Object.entries(whole)) {
    if (!Number.isInteger(value) || value < least) {
      throw new InputError(`${name}: must be a whole number from ${least}, not ${value}.`);
    }
  }
  for (const [name, value] of Object.entries({ backoff, longestWait })) {
    if (!(value >= 0)) throw new InputError(`${name}: must be milliseconds, not ${value}.`);
  }
  if (!(timeout > 0)) throw new InputError(`timeout: must be milliseconds above 0, not ${timeout}.`);
  if (onFailure !== undefined && onFailure !== 'stop' && onFailure !== 'drop') {
    throw new InputError(`onFailure: must be "stop" or "drop", not ${onFailure}.`);
  }
}
