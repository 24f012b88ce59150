import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { HubEvent, HubOptions } from '@halokit/hub';
import { InputError } from '../input_error';
import { type Progress, progress } from '../terminal/progress';

/** Where fetched models and data sets are kept: `$XDG_CACHE_HOME/halokit`, by default `~/.cache/halokit`. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  // The standard for that variable says that a relative path is to be ignored.
  const { XDG_CACHE_HOME: root = '' } = env;
  return root.startsWith('/') || /^[A-Za-z]:[\\/]/.test(root)
    ? join(root, 'halokit')
    : join(homedir(), '.cache', 'halokit');
}

/** How the hub is asked: with the token of `HF_TOKEN`, if any. */
export function hubOptions(
  offline: boolean,
  onEvent: (event: HubEvent) => void,
  env: NodeJS.ProcessEnv = process.env,
): HubOptions {
  const token = env.HF_TOKEN?.trim();
  const endpoint = env.HF_ENDPOINT?.trim().replace(/\/+$/, '');
  if (endpoint && !/^https?:\/\//.test(endpoint)) {
    throw new InputError(`HF_ENDPOINT: "${endpoint}" is no address. Write it as in https://huggingface.co.`);
  }
  return {
    cache: cacheFolder(env),
    offline,
    onEvent,
    tokenName: 'the environment variable HF_TOKEN',
    ...(token && { token }),
    ...(endpoint && { endpoint }),
  };
}

/** Does what needs the hub, and shows what is fetched meanwhile. */
export async function withHub<T>(offline: boolean, work: (hub: HubOptions) => Promise<T>): Promise<T> {
  const fetching = fetchProgress();
  return await work(hubOptions(offline, fetching.onEvent)).finally(fetching.stop);
}

/** Shows how far the files of a repository have come, in megabytes; `stop` gives the terminal back when it fails. */
export function fetchProgress(stream: NodeJS.WriteStream = process.stderr): {
  onEvent(event: HubEvent): void;
  stop(): void;
} {
  let bar: Progress | undefined;
  // Bytes of this run: the files that are done, what of the current one has come, and where it began.
  const so = { far: 0, missing: 0, began: 0 };
  const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;
  const onEvent = (event: HubEvent) => {
    switch (event.kind) {
      case 'chosen':
        Object.assign(so, { far: 0, missing: event.missing });
        bar?.stop();
        bar = event.missing > 0 ? progress(`${basename(event.repo)}, MB`, megabytes(event.missing), stream) : undefined;
        return;
      case 'start':
        so.began = event.there;
        return;
      case 'progress':
        // A server that begins again sends what was there before.
        bar?.update(megabytes(so.far + Math.max(event.received - so.began, 0)), basename(event.file));
        return;
      case 'done':
        if (!event.cached) so.far += event.size - so.began;
        if (bar && so.far >= so.missing) {
          bar.end('');
          bar = undefined;
        }
        return;
      case 'retry':
        stream.write(`  ${event.what}: ${event.reason}; trying again (${event.attempt})\n`);
        return;
      case 'offline':
        stream.write(
          `  hf:${event.repo}: the hub cannot be reached (${event.reason}); what was fetched before serves\n`,
        );
        return;
      case 'listed':
        return;
    }
  };
  return { onEvent, stop: () => bar?.stop() };
}
