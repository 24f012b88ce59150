import { servePage } from './serve_page';
import type { Watch } from './watch_stage';
import { WatchedRun } from './watched_run';

/**
 * Opens the page of a run and says where it is, if it was asked for. A run that fails leaves the page to end with the
 * process, and it keeps nothing waiting.
 *
 * @param asked `--watch`, or the port at which
 * @throws InputError for a port that is taken
 */
export async function openWatch(asked: boolean | number, name: string): Promise<Watch | undefined> {
  if (asked === false) return undefined;
  const run = new WatchedRun(name);
  const page = await servePage(run, asked === true ? undefined : asked);
  console.log(`Watch it at ${page.url}`);
  return { run, page };
}

/** Shows what a run ended with, and ends the page; whoever looks keeps what they see. */
export async function closeWatch(watch: Watch | undefined, ending: string): Promise<void> {
  if (!watch) return;
  watch.run.ending = ending;
  await watch.page.close();
}
