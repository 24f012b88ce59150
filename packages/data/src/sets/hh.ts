import type { Preference, Role, Turn } from '../feedback';
import { type Row, type Rows, textField } from '../row';
import type { Tally } from '../tally';

const marker = /\n\n(Human|Assistant):/g;
const roles: Record<string, Role> = { Human: 'user', Assistant: 'assistant' };

/** One side of a row: what stands before its last `\n\nAssistant:`, and what follows it. */
interface Side {
  readonly prompt: string;
  readonly turns: readonly Turn[];
  readonly response: string;
  readonly repeated: boolean;
}

/**
 * Anthropic's HH: rows `{ chosen, rejected }`, each a whole conversation with `\n\nHuman:` and `\n\nAssistant:`.
 *
 * Roles go by the markers. Each side is split at its own last `\n\nAssistant:`; what follows is its response, trimmed.
 *
 * Dropped, and counted: rows whose sides have different prompts, that do not begin with a human turn, whose prompt does
 * not end with one, or of which a response is empty or holds `Human:` or `Assistant:` itself (it would teach the model
 * to speak for both). Repaired, and counted: where a role follows itself its turns are joined by a blank line.
 *
 * Helpfulness and harmlessness were judged apart, and are told apart by the name of the file or of the folder it is in
 * (`helpful-base`, `helpful-online`, `helpful-rejection-sampled`, `harmless-base`): `set` is `hh-helpful`, `hh-harmless`,
 * or `hh` where neither says.
 *
 * Source: Bai et al., "Training a Helpful and Harmless Assistant with RLHF"; the peers slice `rejected` at the length
 * of the prompt of `chosen`, which cuts words where the two differ.
 *
 * @throws InputError for a row without text in `chosen` and `rejected`
 */
export async function* hhPreferences(rows: Rows, tally: Tally): AsyncGenerator<Preference> {
  for await (const row of rows) {
    const result = readRow(row);
    if (typeof result === 'string') tally.drop(result);
    else {
      tally.keep(result.repairs);
      yield result.preference;
    }
  }
}

/** The row's preference, or why it is dropped. */
function readRow(row: Row): { preference: Preference; repairs: string[] } | string {
  const chosen = readSide(textField(row, 'chosen'));
  const rejected = readSide(textField(row, 'rejected'));
  for (const side of [chosen, rejected]) if (typeof side === 'string') return side;
  const [w, l] = [chosen, rejected] as [Side, Side];
  if (w.prompt !== l.prompt) return 'the two sides have different prompts';
  if (w.response === '') return 'empty chosen response';
  if (l.response === '') return 'empty rejected response';
  if (hasMarker(w.response)) return 'a role marker inside the chosen response';
  if (hasMarker(l.response)) return 'a role marker inside the rejected response';
  if (w.turns.at(-1)?.role !== 'user') return 'the prompt does not end with a human turn';
  const preference = {
    prompt: w.turns,
    chosen: w.response,
    rejected: l.response,
    set: setOf(row.file),
    source: row.file,
    line: row.line,
  };
  return { preference, repairs: w.repeated ? ['a role follows itself: turns joined'] : [] };
}

function setOf(file: string): string {
  const [name = '', folder = ''] = file.split(/[/\\]/).reverse();
  const kind = /helpful|harmless/.exec(name) ?? /helpful|harmless/.exec(folder);
  return kind ? `hh-${kind[0]}` : 'hh';
}

function readSide(text: string): Side | string {
  const marks = [...text.matchAll(marker)];
  const last = marks.findLastIndex((mark) => mark[1] === 'Assistant');
  if (marks[0]?.[1] !== 'Human' || text.slice(0, marks[0].index).trim() !== '') return 'no human turn at the beginning';
  if (last < 0) return 'no assistant turn';
  if (last < marks.length - 1) return 'the last turn is not the assistant’s';
  const end = (marks[last] as RegExpExecArray).index;
  const turns: Turn[] = [];
  let repeated = marks.at(-2)?.[1] === 'Assistant';
  for (let i = 0; i < last; i++) {
    const mark = marks[i] as RegExpExecArray;
    const role = roles[mark[1] as string] as Role;
    const content = text.slice(mark.index + mark[0].length, marks[i + 1]?.index ?? end).trim();
    const before = turns.at(-1);
    if (before?.role === role) {
      repeated = true;
      turns[turns.length - 1] = { role, content: `${before.content}\n\n${content}` };
    } else turns.push({ role, content });
  }
  const response = text.slice(end + '\n\nAssistant:'.length).trim();
  return { prompt: text.slice(0, end), turns, response, repeated };
}

function hasMarker(response: string): boolean {
  return response.includes('Human:') || response.includes('Assistant:');
}
