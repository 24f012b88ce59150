import type { Answer } from './answer';
import { EndpointError } from './endpoint_error';
import { quoted } from './quoted';

/** As far as it is read. Servers differ in what they leave out. */
interface ChatCompletion {
  readonly choices?: readonly {
    readonly finish_reason?: unknown;
    readonly message?: { readonly content?: unknown; readonly refusal?: unknown };
  }[];
  readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown };
}

/**
 * The answer in the body of a response.
 *
 * @throws EndpointError, worth asking again, for a body that is no JSON or holds no answer
 */
export function readAnswer(body: string, host: string): Answer {
  let value: ChatCompletion | null;
  try {
    value = JSON.parse(body);
  } catch {
    throw new EndpointError(`${host}: answered no JSON, ${quoted(body)}.`, { maybeBilled: true });
  }
  const choice = Array.isArray(value?.choices) ? value.choices[0] : undefined;
  const { content, refusal } = choice?.message ?? {};
  // A model that declines says so in a field of its own.
  const said = typeof content === 'string' ? content : refusal;
  if (typeof said !== 'string') {
    throw new EndpointError(`${host}: answered without a message, ${quoted(body)}.`, { maybeBilled: true });
  }
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = value?.usage ?? {};
  return {
    said,
    finish: typeof choice?.finish_reason === 'string' ? choice.finish_reason : 'stop',
    ...(isCount(promptTokens) && { promptTokens }),
    ...(isCount(completionTokens) && { completionTokens }),
  };
}

function isCount(tokens: unknown): tokens is number {
  return typeof tokens === 'number' && Number.isInteger(tokens) && tokens >= 0;
}
