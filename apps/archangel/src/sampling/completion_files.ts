import { mkdir, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { SamplingOptions } from '@halokit/models';
import { InputError } from '../input_error';
import { writeWhole } from '../stages/run_folder';
import { readCompletions } from './read_completions';

/** What `METHOD-completions.json` says of the answers beside it. */
export interface CompletionsInfo {
  /** The checkpoint's folder, or its place on the hub at a commit. */
  readonly model: string;
  /** Its folder's name in the run. */
  readonly method: string;
  readonly run?: string;
  /** SHA-256 of the model (`modelFingerprint`). */
  readonly fingerprint: string;
  /** The spec of the data that the prompts are from. */
  readonly data: string;
  readonly settings: Pick<SamplingOptions, 'temperature' | 'topP'> & {
    readonly prompts: number;
    readonly samples: number;
    readonly maxNewTokens: number;
    readonly seed: number;
    /** Where it was chosen by hand. */
    readonly rowsAtOnce?: number;
    readonly format: string;
    readonly controlToken?: string;
  };
}

/** Where the answers of a method are: the first to each prompt, and further ones in files of their own. */
export function completionsFile(folder: string, method: string, sample = 1): string {
  return join(folder, `${method}-completions${sample === 1 ? '' : `-${sample}`}.jsonl`);
}

/**
 * Writes what the answers are, or sees that those which are there are the same: of the same model, drawn in the same way. The
 * number of prompts and of answers to each may differ, for a longer list begins with the shorter one; the larger is written.
 *
 * @param overwrite removes the answers that are there
 * @throws InputError for answers that were drawn otherwise, or of which nothing says how they were
 */
export async function openInfo(folder: string, info: CompletionsInfo, overwrite: boolean): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${info.method}-completions.json`);
  const before = overwrite ? undefined : await readInfo(file);
  const differs = before && difference(before, info);
  if (differs !== undefined) {
    throw new InputError(
      `${file}: the answers there are others (${differs}). Choose another folder with --out, or pass --overwrite.`,
    );
  }
  if (!before) await clear(folder, info.method, overwrite);
  const most = (key: 'prompts' | 'samples') => Math.max(info.settings[key], before?.settings[key] ?? 0);
  const settings = { ...info.settings, prompts: most('prompts'), samples: most('samples') };
  await writeWhole(file, `${JSON.stringify({ ...info, settings }, null, 2)}\n`);
}

async function readInfo(file: string): Promise<CompletionsInfo | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    throw new InputError(`${file}: is not JSON. Choose another folder with --out, or pass --overwrite.`);
  }
}

/** Takes answers away, if that was asked for. */
async function clear(folder: string, method: string, overwrite: boolean): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${method}-completions`) || !name.endsWith('.jsonl')) continue;
    const file = join(folder, name);
    if (overwrite) await rm(file);
    else throw new InputError(`${file}: is there already. Choose another folder with --out, or pass --overwrite.`);
  }
}

/** The first thing that makes the answers others, in words; undefined where nothing does. */
function difference(then: CompletionsInfo, now: CompletionsInfo): string | undefined {
  const facts = ({ fingerprint, data, settings }: CompletionsInfo): Record<string, unknown> => {
    const { prompts: _, samples: __, ...drawn } = settings ?? {};
    return { model: fingerprint, data, ...drawn };
  };
  const [a, b] = [facts(then), facts(now)];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const key = keys.find((name) => a[name] !== b[name]);
  return key && `${key} ${JSON.stringify(a[key]) ?? 'none'}, now ${JSON.stringify(b[key]) ?? 'none'}`;
}

/**
 * How many answers of a file that was begun stay: whole chunks of `chunk`, or all there are to be. What is behind them, a
 * line that was cut off among it, is taken away.
 *
 * @param ids of the prompts, in their order
 * @throws InputError where the file holds answers to other prompts
 */
export async function keptAnswers(file: string, ids: readonly string[], chunk: number): Promise<number> {
  const { completions, ends } = await readCompletions(file, { begun: true });
  completions.slice(0, ids.length).forEach(({ id }, i) => {
    if (id === ids[i]) return;
    throw new InputError(
      `${file}:${i + 1}: answers another prompt than is asked now: the data has changed. Pass --overwrite.`,
    );
  });
  const { length } = completions;
  const kept = length >= ids.length ? length : length - (length % chunk);
  await truncate(file, ends[kept - 1] ?? 0).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return kept;
}
