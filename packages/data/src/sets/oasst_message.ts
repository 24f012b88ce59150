import { fieldsOf, type Row, shown, wrong } from '../row';

/** A message of a tree, as both of the set's formats give it. */
export interface OasstMessage {
  readonly id: string;
  /** The message it answers; a tree's first has none. */
  readonly parent: string | undefined;
  readonly text: string;
  readonly role: 'prompter' | 'assistant';
  readonly language: string;
  readonly deleted: boolean;
  readonly reviewed: boolean;
  /** Its place among its siblings, 0 for the best. */
  readonly rank: number | undefined;
  readonly row: Row;
}

/** A tree, whole: its messages in the order of the file. */
export interface OasstTree {
  readonly id: string;
  readonly messages: readonly OasstMessage[];
}

/** A message of a tree with its replies in it, and how it is reached from the row. */
interface Nested {
  readonly value: unknown;
  readonly parent: string | undefined;
  readonly place: { readonly field: string; readonly below?: Nested['place'] };
}

/** The message a row holds. @throws InputError naming the field */
export function flatMessage(row: Row): { tree: string; message: OasstMessage } {
  const fields = fieldsOf(row);
  const at = (field: string) => field;
  const parent = fields.parent_id ?? undefined;
  if (parent !== undefined && typeof parent !== 'string') throw mistake(row, 'parent_id', 'text or null', parent);
  return { tree: text(row, fields, 'message_tree_id', at), message: readMessage(row, fields, parent, at) };
}

/** The messages of a row that holds a whole tree in `prompt`, each before its replies. @throws InputError naming the field */
export function nestedTree(row: Row): OasstTree {
  const fields = fieldsOf(row);
  const messages: OasstMessage[] = [];
  // A stack of our own: trees can be deeper than calls.
  const open: Nested[] = [{ value: fields.prompt, parent: undefined, place: { field: 'prompt' } }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, parent, place } = next;
    const at = (field: string) => [...path(place), field].join('.');
    if (typeof value !== 'object' || value === null) throw mistake(row, path(place).join('.'), 'a message', value);
    const message = readMessage(row, value as Record<string, unknown>, parent, at);
    messages.push(message);
    const replies = (value as { replies?: unknown }).replies ?? [];
    if (!Array.isArray(replies)) throw mistake(row, at('replies'), 'a list of messages', replies);
    for (let i = replies.length - 1; i >= 0; i--) {
      open.push({ value: replies[i], parent: message.id, place: { field: `replies[${i}]`, below: place } });
    }
  }
  return { id: text(row, fields, 'message_tree_id', (field) => field), messages };
}

function path(place: Nested['place']): string[] {
  const fields: string[] = [];
  for (let at: Nested['place'] | undefined = place; at; at = at.below) fields.unshift(at.field);
  return fields;
}

type Namer = (field: string) => string;

function readMessage(
  row: Row,
  fields: Readonly<Record<string, unknown>>,
  parent: string | undefined,
  at: Namer,
): OasstMessage {
  const role = text(row, fields, 'role', at);
  if (role !== 'prompter' && role !== 'assistant') throw mistake(row, at('role'), '"prompter" or "assistant"', role);
  const { deleted = false, review_result: reviewed = null } = fields;
  const rank = fields.rank ?? undefined;
  if (typeof (deleted ?? false) !== 'boolean') throw mistake(row, at('deleted'), 'true or false', deleted);
  if (reviewed !== null && typeof reviewed !== 'boolean') {
    throw mistake(row, at('review_result'), 'true, false or null', reviewed);
  }
  if (rank !== undefined && !(Number.isSafeInteger(rank) && (rank as number) >= 0)) {
    throw mistake(row, at('rank'), 'a whole number from 0, or null', rank);
  }
  return {
    id: text(row, fields, 'message_id', at),
    parent,
    text: text(row, fields, 'text', at).trim(),
    role,
    language: text(row, fields, 'lang', at),
    deleted: deleted === true,
    reviewed: reviewed === true,
    rank: rank as number | undefined,
    row,
  };
}

function text(row: Row, fields: Readonly<Record<string, unknown>>, field: string, at: Namer): string {
  const value = fields[field];
  if (typeof value === 'string') return value;
  if (value === undefined) throw wrong(row, `has no field "${at(field)}": add it, as text`);
  throw mistake(row, at(field), 'text', value);
}

function mistake(row: Row, field: string, must: string, value: unknown) {
  return wrong(row, `field "${field}" must be ${must}, not ${shown(value)}`);
}
