import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, truncate } from 'node:fs/promises';
import { InputError } from '../input_error';
import type { LabelCache } from '../label/label_cache';

/** How every line begins. What does not is no cache, and is left as it is. */
const beginning = '{"scorer":';

export interface FileLabelCache extends LabelCache {
  /** Scores in it. */
  readonly size: number;
  /** Resolves when all is written. */
  close(): Promise<void>;
}

/**
 * A cache of scores in a file, one JSON object a line, `{ scorer, text, score }`, where `text` is the SHA-256 of the text: the
 * texts themselves stay out of it. Made where it is missing, and only ever appended to, so a run that is killed loses
 * nothing but the score it was writing: a last line that is cut is taken off. For one program at a time.
 *
 * @throws InputError for a file that is something else; the system's error for one that cannot be read or written
 */
export async function openLabelCache(file: string): Promise<FileLabelCache> {
  const handle = await open(file, 'a+');
  try {
    const scores = await load(file, handle);
    return cacheOf(handle, scores);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function cacheOf(handle: FileHandle, scores: Map<string, number>): FileLabelCache {
  // One behind the other: of two lines written at once neither might be whole. After a failure all fail.
  let written: Promise<void> = Promise.resolve();
  return {
    get size() {
      return scores.size;
    },
    get: (scorer, text) => scores.get(keyOf(scorer, digest(text))),
    async set(scorer, text, score) {
      const line = { scorer, text: digest(text), score };
      written = written.then(() => handle.appendFile(`${JSON.stringify(line)}\n`));
      await written;
      scores.set(keyOf(scorer, line.text), score);
    },
    async close() {
      await written.finally(() => handle.close());
    },
  };
}

/** UTF-16 as it stands: in UTF-8 all half characters are one. */
const digest = (text: string) => createHash('sha256').update(text, 'utf16le').digest('hex');
const keyOf = (scorer: string, text: string) => `${text} ${scorer}`;

async function load(file: string, handle: FileHandle): Promise<Map<string, number>> {
  const scores = new Map<string, number>();
  let number = 0;
  let whole = 0;
  let rest = '';
  const add = (line: string): boolean => {
    const label = parse(line);
    if (label) scores.set(keyOf(label.scorer, label.text), label.score);
    return label !== undefined;
  };
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) {
      number += 1;
      if (!add(line)) throw new InputError(`${file}: line ${number}: is no score. Name another file for the cache.`);
      whole += Buffer.byteLength(line) + 1;
    }
    if (rest.length > 2 ** 20) throw new InputError(`${file}: is no cache of scores. Name another file.`);
  }
  if (rest === '') return scores;
  if (add(rest)) await handle.appendFile('\n');
  else if (rest.startsWith(beginning) || beginning.startsWith(rest)) await truncate(file, whole);
  else throw new InputError(`${file}: is no cache of scores. Name another file.`);
  return scores;
}

function parse(line: string): { scorer: string; text: string; score: number } | undefined {
  try {
    const { scorer, text, score } = JSON.parse(line);
    const right = typeof scorer === 'string' && typeof text === 'string' && Number.isFinite(score);
    return right ? { scorer, text, score } : undefined;
  } catch {
    return undefined;
  }
}
