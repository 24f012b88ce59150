import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../input_error';
import type { Answer, AnswerCache } from './answer';

/** How every line begins. A file with lines that do not is no cache, and is left as it is. */
const beginning = '{"key":';

export interface FileAnswerCache extends AnswerCache {
  /** Answers in it. */
  readonly size: number;
  /** Resolves when all is written. */
  close(): Promise<void>;
}

/**
 * A cache of answers in a file, one JSON object a line, `{ key, answer }`: the key is a digest of the question, the answer is
 * kept word for word. Made where it is missing and only ever appended to, each answer as it comes, so a program that is killed
 * loses nothing but the answer it was writing: a line that was cut is ended and passed over from then on.
 *
 * @throws InputError for a file that is something else; the system's error for one that cannot be read or written
 */
export async function openAnswerCache(file: string): Promise<FileAnswerCache> {
  const handle = await open(file, 'a+');
  try {
    return cacheOf(handle, await load(file, handle));
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function cacheOf(handle: FileHandle, answers: Map<string, Answer>): FileAnswerCache {
  // One behind the other: of two lines written at once neither might be whole. After a failure all fail.
  let written: Promise<void> = Promise.resolve();
  return {
    get size() {
      return answers.size;
    },
    get: (key) => answers.get(key),
    async set(key, answer) {
      written = written.then(() => handle.appendFile(`${JSON.stringify({ key, answer })}\n`));
      await written;
      answers.set(key, answer);
    },
    async close() {
      await written.finally(() => handle.close());
    },
  };
}

async function load(file: string, handle: FileHandle): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  const refuse = (number: number) =>
    new InputError(`${file}: line ${number}: is no answer. Name another file for the cache.`);
  let number = 1;
  let rest = '';
  const take = (line: string) => {
    const kept = parse(line);
    if (kept === 'other') throw refuse(number);
    if (kept !== 'cut') answers.set(kept.key, kept.answer);
  };
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) {
      take(line);
      number += 1;
    }
    if (!maybeOurs(rest)) throw refuse(number);
  }
  if (rest === '') return answers;
  take(rest);
  await handle.appendFile('\n');
  return answers;
}

/** Whether a line is one of ours, as far as it goes. */
function maybeOurs(line: string): boolean {
  return line.startsWith(beginning) || beginning.startsWith(line);
}

/** What a line holds; `cut` where it is the beginning of one of ours. */
function parse(line: string): { key: string; answer: Answer } | 'cut' | 'other' {
  let value: { key?: unknown; answer?: Partial<Record<keyof Answer, unknown>> };
  try {
    value = JSON.parse(line);
  } catch {
    return maybeOurs(line) ? 'cut' : 'other';
  }
  const { key, answer } = value ?? {};
  const { said, finish, promptTokens, completionTokens } = answer ?? {};
  const right =
    [key, said, finish].every((text) => typeof text === 'string') &&
    [promptTokens, completionTokens].every((count) => count === undefined || Number.isFinite(count));
  return right ? (value as { key: string; answer: Answer }) : 'other';
}
