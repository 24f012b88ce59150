import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { InputError } from './input_error';
import { defaultEndpoint, type HubOptions } from './options';
import { type HubRepository, pageOf } from './repository';

/** An answer of the hub that is not what was asked for. */
export class HubStatus extends Error {
  constructor(
    readonly status: number,
    /** Milliseconds, where the hub says how long to wait. */
    readonly retryAfter: number | undefined,
    /** Whether its owner gives access one by one. */
    readonly gated: boolean,
  ) {
    super(`the hub answered ${status}`);
  }
}

/** A connection that was lost, or an answer cut short: what it was is in the message. */
export class LostConnection extends Error {}

const longestWait = 60_000;

/**
 * Runs `attempt` until it succeeds, waiting twice as long after each failure, or as long as the hub asks. Lost connections
 * and the hub's answers 408, 429 and 5xx are tried again; a failure that brought something new costs no retry.
 */
export async function withRetries<T>(
  what: string,
  { retries = 5, retryDelay = 1000, onEvent, signal }: HubOptions,
  attempt: () => Promise<T>,
  progressed: () => boolean = () => false,
): Promise<T> {
  return await pRetry(() => attempt().catch(readable), {
    retries,
    minTimeout: retryDelay,
    maxTimeout: longestWait,
    signal,
    // Only what is to be tried again may be free, or it would be tried again for ever.
    shouldConsumeRetry: ({ error }) => !isPassing(error) || !progressed(),
    shouldRetry: ({ error }) => isPassing(error),
    onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
      if (!isPassing(error) || retriesLeft <= 0) return;
      const asked = error instanceof HubStatus ? (error.retryAfter ?? 0) : 0;
      const wait = Math.min(Math.max(asked, progressed() ? retryDelay : 0), longestWait);
      onEvent?.({ kind: 'retry', what, reason: error.message, attempt: attemptNumber });
      if (wait > 0) await sleep(wait, undefined, { signal });
    },
  });
}

export function isPassing(error: unknown): boolean {
  if (error instanceof LostConnection) return true;
  return error instanceof HubStatus && (error.status >= 500 || error.status === 429 || error.status === 408);
}

/** The failures of `fetch`, all of them a TypeError whose cause says more, as lost connections. */
function readable(error: unknown): never {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  const isNetwork = name === 'TypeError' && /fetch failed|terminated|network/i.test(message);
  if (isNetwork) throw new LostConnection(cause?.code ?? cause?.message ?? message);
  throw error;
}

/** What the user reads when the hub will not give something of a repository. */
export function explainHub(error: unknown, what: string, repository: HubRepository, options: HubOptions): unknown {
  if (error instanceof LostConnection) {
    return new InputError(
      `${what}: the hub cannot be reached (${error.message}). Try again: what has arrived is kept.`,
    );
  }
  if (!(error instanceof HubStatus)) return error;
  const { status } = error;
  if (status === 401 || status === 403) return new InputError(refused(error, what, repository, options));
  if (status === 404) return new InputError(`${what}: is not on the hub. Is the name, revision or folder right?`);
  if (status === 429)
    return new InputError(`${what}: the hub asks for patience (429). Try again later: what has arrived is kept.`);
  return new InputError(`${what}: the hub answered ${status}. Try again later: what has arrived is kept.`);
}

function refused({ status, gated }: HubStatus, what: string, repository: HubRepository, options: HubOptions): string {
  const { token, tokenName = 'the option token', endpoint = defaultEndpoint } = options;
  const page = pageOf(repository, endpoint);
  const make = `Make a token that may read it at ${endpoint}/settings/tokens and give it in ${tokenName}`;
  if (gated && token === undefined) {
    return `${what}: is gated (${status}). Ask for access at ${page}, signed in. ${make}.`;
  }
  if (gated) {
    return (
      `${what}: is gated (${status}), and the token in ${tokenName} has no access. Ask for it at ${page}, signed in as the ` +
      'token’s owner; a fine-grained token also needs the permission to read gated repositories.'
    );
  }
  const fix = token === undefined ? make : `The token in ${tokenName} may not read it`;
  return `${what}: the hub refuses it (${status}): it is private, gated or not there. ${fix}.`;
}
