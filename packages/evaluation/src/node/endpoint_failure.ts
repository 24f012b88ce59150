import { APIConnectionError, APIError } from 'openai';
import { InputError } from '../input_error';
import { EndpointError } from './endpoint_error';
import { quoted } from './quoted';

/** Of the asker's making, whatever the question: the key, the address, the model's name. */
const wrongWhatever = new Set([301, 302, 303, 307, 308, 401, 403, 404, 405]);
/** Of this question: too long, say. */
const wrongHere = new Set([400, 413, 422]);
const worthAnother = new Set([408, 409, 425, 429]);
/** Nobody was reached, so nobody counts tokens. */
const neverReached = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

interface Circumstances {
  readonly host: string;
  /** Said where the request took too long. */
  readonly late?: string;
  /** Takes the key out of what the endpoint says. */
  readonly scrub: (said: string) => string;
}

/**
 * What went wrong with a request, without a cause: the client's own errors hold headers and bodies, and a body may hold
 * the key.
 */
export function failureOf(error: unknown, { host, late, scrub }: Circumstances): EndpointError | InputError {
  if (late !== undefined) return new EndpointError(`${host}: ${late}.`, { maybeBilled: true });
  if (error instanceof APIError && error.status !== undefined) return refusal(error, host, scrub);
  const { code, words } = reasonOf(error);
  const said = `${host}: the request failed: ${scrub(words)}.`;
  if (code === undefined || !neverReached.has(code)) return new EndpointError(said, { maybeBilled: true });
  return new EndpointError(`${said} Does a server run there?`);
}

function refusal(error: APIError, host: string, scrub: (said: string) => string): EndpointError | InputError {
  const { status = 0, headers } = error;
  const said = `${host}: answered ${quoted(scrub(error.message))}`;
  if (error.code === 'insufficient_quota') return new InputError(`${said}. Look at the account's plan and billing.`);
  if (wrongWhatever.has(status)) return new InputError(`${said}. Check the key, the address and the model's name.`);
  if (wrongHere.has(status)) return new EndpointError(`${said}.`, { retry: false, refused: true });
  const retry = status >= 500 || worthAnother.has(status);
  return new EndpointError(`${said}.`, { retry, retryAfter: retryAfterOf(headers) });
}

/** Milliseconds; the standard's header holds seconds or a date, OpenAI's own milliseconds. */
function retryAfterOf(headers: Headers | undefined): number {
  const precise = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (precise >= 0) return precise;
  const header = headers?.get('retry-after')?.trim() ?? '';
  const wait = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Math.max(0, wait || 0);
}

/** Through what the client and `fetch` wrap it in: the innermost error says why. */
function reasonOf(error: unknown): { readonly code?: string; readonly words: string } {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  const { code, message } = at as Partial<NodeJS.ErrnoException>;
  const words = message || (error instanceof APIConnectionError ? error.message : String(at));
  return { words, ...(code !== undefined && { code }) };
}
