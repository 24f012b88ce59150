import { InputError } from '../input_error';
import { shown } from '../row';
import { type Scorer, ScoringError } from './scorer';

export interface HttpScorerOptions {
  /** Names the scores in a cache; the address without its query, unless stated. */
  readonly name?: string;
  /** Texts of one request; 1 unless stated. */
  readonly batchSize?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent as JSON; `{ text }`, or `{ texts }` where a request takes several. */
  readonly request?: (texts: readonly string[]) => unknown;
  /** The scores in what is answered; a number or `{ score }`, or a list or `{ scores }`. */
  readonly scores?: (answer: unknown) => unknown;
}

/** Of the user's making, whatever the text: the address, the key. */
const wrongWhatever = new Set([401, 403, 404, 405]);
const worthAnother = new Set([408, 425, 429]);

/**
 * An HTTP endpoint as a scorer: texts are posted as JSON, and the answer holds a number for each, in order.
 *
 * Asked again: where the connection fails, for 408, 425, 429 and 5xx (not before `Retry-After`), and where the answer is
 * not JSON or not as many numbers. An address or key that is refused (401, 403, 404, 405) is an InputError.
 */
export function httpScorer(url: string, options: HttpScorerOptions = {}): Scorer {
  const address = addressOf(url);
  const { batchSize = 1, name = address } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) throw new InputError(`batchSize: must be a whole number from 1.`);
  const single = batchSize === 1;
  const request = options.request ?? ((texts) => (single ? { text: texts[0] } : { texts }));
  const scores =
    options.scores ?? (single ? (answer) => [field(answer, 'score')] : (answer) => field(answer, 'scores'));
  return {
    name,
    batchSize,
    async score(texts, signal) {
      const headers = { 'content-type': 'application/json', ...options.headers };
      const body = JSON.stringify(request(texts));
      const text = await answerOf(address, () => fetch(url, { method: 'POST', headers, body, signal }));
      // Whether these are as many numbers is looked at for every scorer alike.
      return scores(parsed(address, text)) as readonly number[];
    },
  };
}

/** Without its query, which may hold a key: it goes into messages and caches. */
function addressOf(url: string): string {
  if (!URL.canParse(url)) throw new InputError(`url: must be an address, "https://host/path", not ${shown(url)}.`);
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

const field = (answer: unknown, name: string) =>
  typeof answer === 'object' && answer !== null && !Array.isArray(answer)
    ? (answer as Record<string, unknown>)[name]
    : answer;

async function answerOf(address: string, ask: () => Promise<Response>): Promise<string> {
  try {
    const response = await ask();
    const text = await response.text();
    if (response.ok) return text;
    throw refusal(address, response, text);
  } catch (error) {
    if (error instanceof ScoringError || error instanceof InputError) throw error;
    throw new ScoringError(`${address}: the request failed: ${reasonOf(error)}.`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}, ${cause.message}` : message;
}

function refusal(address: string, { status, headers }: Response, text: string): Error {
  const said = `${address}: answered ${status}${text === '' ? '' : `, ${shown(text)}`}`;
  if (wrongWhatever.has(status)) return new InputError(`${said}. Check the address and the key.`);
  const retry = status >= 500 || worthAnother.has(status);
  return new ScoringError(`${said}.`, { retry, retryAfter: retryAfterOf(headers.get('retry-after')) });
}

/** Seconds, or a date. */
function retryAfterOf(header: string | null): number {
  if (header === null) return 0;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Math.max(0, wait || 0);
}

function parsed(address: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ScoringError(`${address}: answered no JSON, ${shown(text)}.`);
  }
}
