import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openAiJudge, openAnswerCache, type Prices, readQuestionForm } from '@halokit/evaluation/node';
import type { EndpointConfig } from '../config/endpoint_options';
import { InputError } from '../input_error';
import { cacheFolder } from '../stages/hub';
import type { FoundJudge } from './found_judge';
import { slug } from './slug';

const hosted = 'https://api.openai.com/v1';

/**
 * A model behind an OpenAI-compatible endpoint. What it answers is kept in `judgments/` in the cache folder, a file for a
 * model's name, so that nothing is paid for twice, by this run or by another.
 *
 * @throws InputError for a key that is missing or would be readable on its way, or a question that is none
 */
export async function endpointJudge(
  model: string,
  config: EndpointConfig,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundJudge> {
  const { endpoint = hosted, temperature, seed, maxTokens, timeout, retries, onRefusal } = config;
  const { requestsPerMinute, tokensPerMinute, maxCost } = config;
  const apiKey = keyFor(endpoint, env.OPENAI_API_KEY?.trim() || undefined);
  const question = await readQuestionForm(config.question);
  const prices = pricesOf(config);
  const folder = join(cacheFolder(env), 'judgments');
  await mkdir(folder, { recursive: true });
  const cache = await openAnswerCache(join(folder, `${slug(model)}.jsonl`));
  try {
    const { judge, host, spending } = openAiJudge({
      ...{ endpoint, model, question, temperature, seed, maxTokens, timeout: timeout * 1000, retries, onRefusal },
      ...{ requestsPerMinute, tokensPerMinute, maxCost, prices, cache, signal, apiKey },
      onRetry: sayRetries(),
    });
    const { name, sha256 } = question;
    return { judge, name: model, endpoint: host, question: { name, sha256 }, spending, close: () => cache.close() };
  } catch (error) {
    await cache.close();
    throw error;
  }
}

function keyFor(endpoint: string, key: string | undefined): string | undefined {
  if (key === undefined) {
    if (endpoint !== hosted) return undefined;
    throw new InputError(
      'OPENAI_API_KEY is not set. Put your key there, or name a server that needs none: --endpoint URL.',
    );
  }
  const { protocol, hostname } = URL.canParse(endpoint) ? new URL(endpoint) : { protocol: '', hostname: '' };
  if (protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    throw new InputError(
      `endpoint: the key in OPENAI_API_KEY would go to ${hostname} in the clear. Use https, or unset it for a server that needs none.`,
    );
  }
  return key;
}

function pricesOf({ priceIn, priceOut, maxCost }: EndpointConfig): Prices | undefined {
  if (priceIn !== undefined && priceOut !== undefined) return { input: priceIn, output: priceOut };
  const missing = priceIn === undefined ? 'priceIn' : 'priceOut';
  if (priceIn !== undefined || priceOut !== undefined)
    throw new InputError(`${missing}: is missing; give both prices.`);
  if (maxCost !== undefined)
    throw new InputError('maxCost: needs --price-in and --price-out, prices of a million tokens.');
  return undefined;
}

/** At most one in ten seconds: where a server is busy, all that ask are sent away. */
function sayRetries(): (retry: { readonly error: Error; readonly attempt: number }) => void {
  let said = Number.NEGATIVE_INFINITY;
  return ({ error, attempt }) => {
    const now = performance.now();
    if (now - said < 10_000) return;
    said = now;
    // To stderr, beside the bar, which draws itself again.
    process.stderr.write(`${process.stderr.isTTY ? '\r\u001b[K' : ''}  ${error.message} Trying again (${attempt}).\n`);
  };
}
