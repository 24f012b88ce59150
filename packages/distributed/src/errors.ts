/** The job was ended by a rank. */
export class AbortedError extends Error {
  override name = 'AbortedError';

  constructor(readonly status: number) {
    super(`The job was ended with status ${status}.`);
  }
}

/** The ranks do not make the same calls in the same order. The job cannot go on. */
export class DifferentCallsError extends Error {
  override name = 'DifferentCallsError';

  /** @param calls what each rank called, in words */
  constructor(readonly calls: readonly string[]) {
    const first = calls[0];
    const other = calls.findIndex((call) => call !== first);
    super(
      `The ranks do not make the same calls: rank 0 called ${first}, and rank ${other} ${calls[other]}. Every rank must make ` +
        'the same calls in the same order, with arrays of the same type and length.',
    );
  }
}
