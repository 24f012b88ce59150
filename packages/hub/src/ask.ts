import { HubStatus, LostConnection, withRetries } from './hub_error';
import { authorization, defaultEndpoint, type HubOptions } from './options';

/** How `@huggingface/hub` is to ask. */
export interface Api {
  readonly fetch: typeof fetch;
  readonly hubUrl: string;
}

/** Asks the hub's API, with retries. */
export async function ask<T>(what: string, options: HubOptions, question: (api: Api) => Promise<T>): Promise<T> {
  const { endpoint = defaultEndpoint, fetch: get = fetch, stallAfter = 60_000, signal } = options;
  // Not given to the library, which takes no tokens but those of one shape.
  const own = authorization(options);
  const api: Api = {
    hubUrl: endpoint,
    fetch: async (input, init) => {
      const limit = AbortSignal.timeout(stallAfter);
      const response = await get(input, {
        ...init,
        headers: { ...init?.headers, ...own },
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      if (!response.ok) throw await statusOf(response);
      return response;
    },
  };
  return await withRetries(what, options, async () => {
    try {
      return await question(api);
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') throw new LostConnection('no answer');
      if (error instanceof SyntaxError) throw new LostConnection('an answer that is no JSON');
      throw error;
    }
  });
}

/** What a failed answer says, its body thrown away. */
export async function statusOf(response: Response): Promise<HubStatus> {
  await response.body?.cancel();
  const after = response.headers.get('retry-after');
  const seconds = after === null ? Number.NaN : Number(after);
  return new HubStatus(
    response.status,
    Number.isFinite(seconds) ? seconds * 1000 : undefined,
    response.headers.get('x-error-code') === 'GatedRepo',
  );
}
