// A line of a document as a shell takes it apart.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface CommandLine {
  /** `HF_TOKEN=... ` before the program. */
  readonly env: Readonly<Record<string, string>>;
  readonly program: string;
  readonly args: readonly string[];
  /** What is piped into it: `echo hi | archangel chat MODEL`. */
  readonly input: string;
}

/** Quotes, variables for one command, an `echo` into it, and `*` in the name of a file below `folder`. No more of a shell. */
export function commandLine(line: string, folder: string): CommandLine {
  const [, said = '', command = line] = /^echo (.*?) \| (.*)$/.exec(line) ?? [];
  const words = wordsOf(command, folder);
  const first = words.findIndex((word) => !/^\w+=/.test(word));
  const [program = '', ...args] = words.slice(first);
  const env = words.slice(0, first).map((word) => [word.split('=', 1)[0], word.replace(/^\w+=/, '')]);
  return { env: Object.fromEntries(env), program, args, input: said && `${wordsOf(said, folder).join(' ')}\n` };
}

/** The words behind `archangel`, `npx archangel` or `npm run archangel --`. */
export function wordsOfApp({ program, args }: CommandLine): readonly string[] | undefined {
  if (program === 'archangel') return args;
  if (program === 'npx' && args[0] === 'archangel') return args.slice(1);
  return program === 'npm' && args.slice(0, 3).join(' ') === 'run archangel --' ? args.slice(3) : undefined;
}

function wordsOf(text: string, folder: string): string[] {
  const words = text.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const bare = (word: string) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2');
  return words.flatMap((word) => (/['"]/.test(word) ? [bare(word)] : matching(word, folder)));
}

/** Files that a pattern means; the pattern itself where there are none. */
function matching(word: string, folder: string): string[] {
  const place = join(folder, dirname(word));
  if (!word.includes('*') || !existsSync(place)) return [word];
  const pattern = new RegExp(`^${word.split('*').map(escaped).join('[^/]*')}$`);
  const found = readdirSync(place)
    .map((name) => join(dirname(word), name))
    .filter((path) => pattern.test(path));
  return found.length > 0 ? found.sort() : [word];
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
