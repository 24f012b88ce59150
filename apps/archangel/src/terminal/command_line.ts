import { currentRanks } from '../ranks/ranks';
import { takesPart } from '../ranks/shared_commands';

/** A command of the app as it is to be typed here: through npm, where it was started so, and on as many ranks. */
export function commandLine(...args: readonly string[]): string {
  const app = process.env.npm_lifecycle_event === 'archangel' ? 'npm run archangel --' : 'archangel';
  const { job } = currentRanks();
  const start = job && takesPart(args) ? [job.start] : [];
  return [...start, app, ...args.map(quoted)].join(' ');
}

/** As a shell reads it as one word. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
