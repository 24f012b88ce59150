import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';

/** Told what could not be read, in a sentence that names the file. */
export type Complain = (problem: string) => void;

/** Damaged lines that are named one by one. */
const named = 5;

/**
 * Goes through a file of JSON lines that are held against a schema. Lines that are damaged are left out and said, and so is a
 * last one that was cut off. A file that is not there has none.
 */
export async function eachLine<S extends z.ZodType>(
  path: string,
  schema: S,
  complain: Complain,
  onLine: (value: z.output<S>, line: number) => void,
): Promise<void> {
  const damaged: number[] = [];
  let [line, rest] = [0, ''];
  const take = (text: string) => {
    line += 1;
    if (text.trim() === '') return;
    const { data, wrong } = parsed(text, schema);
    if (wrong === undefined) onLine(data as z.output<S>, line);
    else damaged.push(line);
  };
  try {
    // Not by `readline`, which takes U+2028 for the end of a line.
    for await (const chunk of createReadStream(path, 'utf8')) {
      const [first = '', ...more] = (chunk as string).split('\n');
      rest += first;
      for (const next of more) {
        take(rest);
        rest = next;
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  take(rest);
  if (damaged.length > 0) complain(`${path}: ${lineNumbers(damaged)} damaged, and left out.`);
}

/** A JSON file held against a schema; where it is damaged that is said, and it counts as missing. */
export async function readJson<S extends z.ZodType>(
  path: string,
  schema: S,
  complain: Complain,
): Promise<z.output<S> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { data, wrong } = parsed(text, schema);
  if (wrong !== undefined) complain(`${path}: ${wrong}; it is left out.`);
  return data;
}

interface Parsed<T> {
  readonly data?: T;
  /** What is wrong with it, if anything is. */
  readonly wrong?: string;
}

/** A text as JSON held against a schema. */
function parsed<S extends z.ZodType>(text: string, schema: S): Parsed<z.output<S>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { wrong: 'is no whole JSON document' };
  }
  const { data, error } = schema.safeParse(value);
  return error ? { wrong: whatIsWrong(error) } : { data };
}

/** The first field that is not as it should be. */
export function whatIsWrong({ issues: [issue] }: z.ZodError): string {
  const field = issue?.path.join('.') || 'the whole';
  return `"${field}" is not what is expected there (${issue?.message})`;
}

/** `line 4 is`, `lines 4, 7 and 9 are`, `lines 1, 2, 3, 4, 5 and 12 more are`. */
function lineNumbers(lines: readonly number[]): string {
  if (lines.length === 1) return `line ${lines[0]} is`;
  const more = lines.length - named;
  const last = more > 0 ? `${more} more` : String(lines.at(-1));
  return `lines ${(more > 0 ? lines.slice(0, named) : lines.slice(0, -1)).join(', ')} and ${last} are`;
}
