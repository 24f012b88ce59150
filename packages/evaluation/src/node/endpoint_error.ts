/** A request to an endpoint that gave no answer. Its message never holds the key. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
  /** Whether asking again may help. */
  readonly retry: boolean;
  /** How long the endpoint wants to be left alone, in milliseconds. */
  readonly retryAfter: number;
  /** Whether the answer may have been written, and billed, and was lost. */
  readonly maybeBilled: boolean;
  /** Whether the endpoint will not take this very question: it is too long, say. */
  readonly refused: boolean;

  constructor(message: string, { retry = true, retryAfter = 0, maybeBilled = false, refused = false } = {}) {
    super(message);
    this.retry = retry;
    this.retryAfter = retryAfter;
    this.maybeBilled = maybeBilled;
    this.refused = refused;
  }
}
