import type { Prompt, Role, Turn } from '../feedback';
import { type Row, shown, wrong } from '../row';

const roles: readonly string[] = ['system', 'user', 'assistant'];

/** A turn with whatever else its row says of it. */
export interface ReadTurn extends Turn {
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Turns `[{ role, content }, ...]`. @throws InputError naming the turn's field */
export function readTurns(row: Row, value: readonly unknown[], name: string): ReadTurn[] {
  return value.map((turn: unknown, i) => {
    const fields = (typeof turn === 'object' && turn !== null ? turn : {}) as Record<string, unknown>;
    const { role, content } = fields;
    if (typeof role !== 'string' || !roles.includes(role)) {
      throw wrong(row, `field "${name}[${i}].role" must be one of ${roles.join(', ')}, not ${shown(role)}`);
    }
    if (typeof content !== 'string') {
      throw wrong(row, `field "${name}[${i}].content" must be text, not ${shown(content)}`);
    }
    return { role: role as Role, content, fields };
  });
}

/** Text is one turn of the user; turns must end with the user's. */
export function readPrompt(row: Row, value: unknown, name: string): Prompt {
  if (!Array.isArray(value)) return [{ role: 'user', content: readText(row, value, name) }];
  const turns = readTurns(row, value, name).map(plain);
  if (turns.at(-1)?.role !== 'user') throw wrong(row, `field "${name}" must end with a turn of the user`);
  return turns;
}

/** Text, or turns that end with the assistant's: what it says, and the turns before it. */
export function readResponse(row: Row, value: unknown, name: string): { text: string; before: Prompt } {
  if (!Array.isArray(value)) return { text: readText(row, value, name), before: [] };
  const turns = readTurns(row, value, name).map(plain);
  const last = turns.pop();
  if (last?.role !== 'assistant') throw wrong(row, `field "${name}" must be text or end with a turn of the assistant`);
  return { text: last.content, before: turns };
}

/** An array, or text that holds one as JSON, as CSV must. */
export function readList(row: Row, value: unknown, name: string): readonly unknown[] {
  const list = typeof value === 'string' ? parsed(value) : value;
  if (Array.isArray(list)) return list;
  if (value === undefined) throw wrong(row, `has no field "${name}": add it, as a list`);
  throw wrong(row, `field "${name}" must be a list, not ${shown(value)}`);
}

export const plain = ({ role, content }: Turn): Turn => ({ role, content });

function readText(row: Row, value: unknown, name: string): string {
  if (value === undefined) throw wrong(row, `has no field "${name}": add it, as text`);
  if (typeof value !== 'string') throw wrong(row, `field "${name}" must be text, not ${shown(value)}`);
  return value;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
