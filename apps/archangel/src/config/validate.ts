import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { InputError } from '../input_error';

/**
 * Holds a tree against a schema.
 *
 * @param where the file or the command line the tree came from, for the message
 * @throws InputError one line for the first thing wrong; an unknown key is answered with the nearest known one
 */
export function validate<S extends z.ZodObject>(schema: S, tree: unknown, where: string): z.output<S> {
  const result = schema.safeParse(tree);
  if (result.success) return result.data;
  // A misspelt key says more than the one it leaves missing.
  const { issues } = result.error;
  const issue = (issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]) as z.core.$ZodIssue;
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] as string;
    throw new InputError(
      `${where}: unknown key "${join(path, key)}".${suggestion(key, keysAt(schema, issue.path), path)}`,
    );
  }
  throw new InputError(
    `${where}: ${path || 'the config'}: ${isMissing(tree, issue.path) ? 'is missing; ' : ''}${lowerFirst(messageOf(issue))}.`,
  );
}

/** Of a key that may not be one, what is wrong with it. */
function messageOf(issue: z.core.$ZodIssue): string {
  return (issue.code === 'invalid_key' && issue.issues[0]?.message) || issue.message;
}

function isMissing(tree: unknown, path: readonly PropertyKey[]): boolean {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], tree) === undefined;
}

/** What to say to a word that is not known: the nearest that is, where one is near, else all of them. */
export function suggestion(key: string, known: readonly string[], path = ''): string {
  if (known.length === 0) return '';
  // Of two as near, the one that begins the same.
  const far = (word: string) => distance(key, word) + (word[0] === key[0] ? 0 : 0.5);
  const nearest = known.reduce((best, word) => (far(word) < far(best) ? word : best));
  const near = distance(key, nearest) <= Math.max(2, key.length / 2);
  return near ? ` Did you mean "${join(path, nearest)}"?` : ` Known are: ${known.join(', ')}.`;
}

/** The keys of the object schema at a path, through defaults and optionals. */
function keysAt(schema: z.ZodObject, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const key of path) at = unwrap((unwrap(at) as z.ZodObject).shape?.[key as string]);
  return Object.keys((unwrap(at) as z.ZodObject).shape ?? {});
}

function unwrap(schema: unknown): unknown {
  let at = schema as { unwrap?: () => unknown; shape?: unknown };
  while (at && !at.shape && at.unwrap) at = at.unwrap() as typeof at;
  return at;
}

function join(path: string, key: string): string {
  return path ? `${path}.${key}` : key;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
