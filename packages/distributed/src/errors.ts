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

/** MPI cannot be used here: there is no library, or none that fits. */
export class MpiSetupError extends Error {
  override name = 'MpiSetupError';
}

/** A call of MPI failed. */
export class MpiError extends Error {
  override name = 'MpiError';

  constructor(
    readonly call: string,
    readonly code: number,
    text: string,
  ) {
    super(`${call} failed: ${text}`);
  }
}

/**
 * Nothing was heard of other ranks: one has died, is cut off, or never makes this call. MPI may be stuck in it, so that the process
 * must end: `abort`, then exit.
 */
export class SilentRanksError extends Error {
  override name = 'SilentRanksError';

  constructor(
    readonly call: string,
    readonly seconds: number,
  ) {
    super(
      `Nothing was heard of the other ranks for ${seconds} seconds in ${call}: one of them has died, is cut off, or does not make ` +
        'this call.',
    );
  }
}
