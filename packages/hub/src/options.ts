import type { HubEvent } from './events';
import { InputError } from './input_error';

export interface HubOptions {
  /** The folder that keeps what was fetched. */
  readonly cache: string;
  /** For what is private or gated. It is sent to the hub alone, and said in no error. */
  readonly token?: string;
  /** How a person gives the token, for errors that ask for one: `the environment variable HF_TOKEN`, say. */
  readonly tokenName?: string;
  /** Never ask the network. */
  readonly offline?: boolean;
  readonly onEvent?: (event: HubEvent) => void;
  readonly signal?: AbortSignal;
  /** Another address of the hub, without a slash at its end. */
  readonly endpoint?: string;
  /** How often a failure is tried again before anything new has arrived; 5 if not given. */
  readonly retries?: number;
  /** Milliseconds before the first retry, twice as many before each later one; 1,000 if not given. */
  readonly retryDelay?: number;
  /** Milliseconds without a byte after which a connection counts as lost; 60,000 if not given. */
  readonly stallAfter?: number;
  /** In place of the global one, for a proxy say. */
  readonly fetch?: typeof fetch;
}

export const defaultEndpoint = 'https://huggingface.co';

/** What asks in the user's name. @throws InputError for a token that no header can hold, without saying it */
export function authorization({ token }: HubOptions): Record<string, string> {
  if (token === undefined) return {};
  if (!/^[\x21-\x7e]+$/.test(token)) throw new InputError('The token of the hub holds characters that no token has.');
  return { authorization: `Bearer ${token}` };
}
