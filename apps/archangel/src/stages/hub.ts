import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { HubEvent, HubOptions } from '@halokit/data/node';
import { InputError } from '../input_error';
import { type Progress, progress } from '../terminal/progress';

/** Where fetched data sets are kept: `$XDG_CACHE_HOME/halokit`, by default `~/.cache/halokit`. */
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
    ...(token && { token }),
    ...(endpoint && { endpoint }),
  };
}

/** Shows what is fetched, file by file, in megabytes; `stop` gives the terminal back when it fails. */
export function fetchProgress(stream: NodeJS.WriteStream = process.stderr): {
  onEvent(event: HubEvent): void;
  stop(): void;
} {
  let file: { readonly name: string; readonly bar: Progress } | undefined;
  const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;
  const onEvent = (event: HubEvent) => {
    switch (event.kind) {
      case 'progress':
        if (file?.name !== event.file) {
          file?.bar.stop();
          file = { name: event.file, bar: progress(`${basename(event.file)}, MB`, megabytes(event.size), stream) };
        }
        file.bar.update(megabytes(event.received));
        return;
      case 'done':
        if (file?.name === event.file) file.bar.end();
        file = undefined;
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
  return { onEvent, stop: () => file?.bar.stop() };
}
