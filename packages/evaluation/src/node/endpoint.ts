import OpenAI, { type ClientOptions } from 'openai';
import { InputError } from '../input_error';
import type { Answer } from './answer';
import { EndpointError } from './endpoint_error';
import { failureOf } from './endpoint_failure';
import { readAnswer } from './read_answer';

export interface EndpointOptions {
  /** Where the API begins: `https://api.openai.com/v1`, `http://127.0.0.1:8080/v1`. */
  readonly endpoint: string;
  readonly model: string;
  /** Sent to the endpoint and nowhere else; a local server needs none. */
  readonly apiKey?: string;
  /** 0 unless stated; 'default' leaves it to the endpoint, which some models insist on. */
  readonly temperature?: number | 'default';
  /** Of the endpoint's draws, where it takes one. */
  readonly seed?: number;
  /** Longest answer; 512 unless stated. */
  readonly maxTokens?: number;
  /** For one request, in milliseconds; two minutes unless stated. */
  readonly timeout?: number;
}

/** A server that speaks OpenAI's chat completions, one request at a time and no more: retries are for whoever asks. */
export class Endpoint {
  /** Host and port: what may be said and written of it. */
  readonly host: string;
  readonly address: string;
  /** What an answer depends on beside the address and the text, for a cache. */
  readonly settings: Readonly<Record<string, unknown>>;
  private readonly client: OpenAI;
  private readonly timeout: number;

  /** @throws InputError for an address, a key or a time that is none */
  constructor(private readonly options: EndpointOptions) {
    const { endpoint, model, apiKey, temperature = 0, seed, maxTokens = 512, timeout = 120_000 } = options;
    const address = addressOf(endpoint);
    // A header takes no other; said here, because the client would show the key.
    if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
      throw new InputError('apiKey: holds a space or another character that no key has.');
    }
    if (!(timeout > 0 && timeout < 2 ** 31)) {
      throw new InputError(`timeout: must be milliseconds above 0 and below 2^31, not ${timeout}.`);
    }
    this.timeout = Math.ceil(timeout);
    this.host = address.host;
    this.address = address.href.replace(/\/+$/, '');
    // OpenAI's newer models take only the newer name, other servers often only the older.
    const limit = address.hostname === 'api.openai.com' ? 'max_completion_tokens' : 'max_tokens';
    const sampling = { ...(temperature !== 'default' && { temperature }), ...(seed !== undefined && { seed }) };
    this.settings = { model, [limit]: maxTokens, ...sampling };
    this.client = new Client({
      baseURL: this.address,
      apiKey: apiKey ?? 'none',
      ...(apiKey === undefined && { defaultHeaders: { authorization: null } }),
      maxRetries: 0,
      // Whoever would send texts elsewhere is not who was asked.
      fetchOptions: { redirect: 'manual' },
    });
  }

  /**
   * Asks one question.
   *
   * @throws InputError for what is wrong whatever the question: the key, the address, the model's name
   * @throws EndpointError for all else; neither holds the key
   */
  async ask(text: string): Promise<Answer> {
    const { timeout } = this;
    const signal = AbortSignal.timeout(timeout);
    try {
      const body = { ...this.settings, messages: [{ role: 'user' as const, content: text }] };
      const request = this.client.chat.completions.create(body as OpenAI.ChatCompletionCreateParamsNonStreaming, {
        signal,
        timeout: timeout + 1000,
      });
      const response = await request.asResponse();
      // A server may say anything, and what it says is kept: before JSON is read and, should it be written otherwise there, behind.
      const answer = readAnswer(this.scrub(await response.text()), this.host);
      return { ...answer, said: this.scrub(answer.said), finish: this.scrub(answer.finish) };
    } catch (error) {
      if (error instanceof EndpointError) throw error;
      const late = signal.aborted ? `no answer within ${timeout} ms` : undefined;
      throw failureOf(error, { host: this.host, late, scrub: (said) => this.scrub(said) });
    }
  }

  private scrub(text: string): string {
    const { apiKey } = this.options;
    return apiKey ? text.replaceAll(apiKey, '[key]') : text;
  }
}

/** Takes nothing from the environment, where the original would look for whatever it is not given. */
class Client extends OpenAI {
  constructor(options: ClientOptions) {
    const nobody = { adminAPIKey: null, organization: null, project: null, webhookSecret: null };
    super({ ...nobody, ...options, logLevel: 'off' });
    // There it has mixed in OPENAI_CUSTOM_HEADERS, which no option keeps out.
    this._options.defaultHeaders = options.defaultHeaders;
  }
}

function addressOf(endpoint: string): URL {
  const example = 'write it as in https://api.openai.com/v1 or http://127.0.0.1:8080/v1';
  if (!URL.canParse(endpoint)) throw new InputError(`endpoint: is no address; ${example}.`);
  const url = new URL(endpoint);
  if (!/^https?:$/.test(url.protocol)) throw new InputError(`endpoint: ${url.protocol} is no address; ${example}.`);
  // They would be part of the address, which is said and written.
  if (url.username || url.password || url.search) {
    throw new InputError(`endpoint: holds a password or a query; ${example}, and give the key apart from it.`);
  }
  return url;
}
