import { InputError } from '../../input_error';

/** What happens while files are fetched, for whoever wants to show it. */
export type HubEvent =
  | {
      readonly kind: 'listed';
      readonly repo: string;
      readonly commit: string;
      readonly files: number;
      readonly bytes: number;
    }
  /** The hub cannot be reached, and what was fetched before serves. */
  | { readonly kind: 'offline'; readonly repo: string; readonly commit: string; readonly reason: string }
  | { readonly kind: 'progress'; readonly file: string; readonly received: number; readonly size: number }
  /** `cached`: it was there already. */
  | { readonly kind: 'done'; readonly file: string; readonly size: number; readonly cached: boolean }
  | { readonly kind: 'retry'; readonly what: string; readonly reason: string; readonly attempt: number };

export interface HubOptions {
  /** The folder that keeps what was fetched. */
  readonly cache: string;
  /** For data sets that are private or gated. It is sent to the hub alone, and said in no error. */
  readonly token?: string;
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

/** What asks for a data set in the user's name. @throws InputError for a token that no header can hold, without saying it */
export function authorization({ token }: HubOptions): Record<string, string> {
  if (token === undefined) return {};
  if (!/^[\x21-\x7e]+$/.test(token)) throw new InputError('The token of the hub holds characters that no token has.');
  return { authorization: `Bearer ${token}` };
}
