import type { Binary, Feedback, Preference, Prompt, Role } from './feedback';
import { InputError } from './input_error';
import { fieldsOf, type Row, type Rows, shown, textField, wrong } from './row';
import type { Tally } from './tally';

const kinds = {
  preferences: '{ prompt, chosen, rejected }',
  binary: '{ prompt, response, desirable }',
} as const;

const roles: readonly string[] = ['system', 'user', 'assistant'];

/**
 * A file of feedback in one of two formats, found from its first row and held to:
 *
 *     { "prompt": ..., "response": "text", "desirable": true }
 *     { "prompt": ..., "chosen": "text", "rejected": "text" }
 *
 * `prompt` is text (one turn of the user) or turns `[{ "role": "user", "content": "text" }, ...]` that end with the
 * user's. A pair may say by how much the chosen response was rated better, `"margin": 1.5`. Other fields are ignored. Rows with an empty response are dropped and counted.
 *
 * @throws InputError naming file, line and field: a field missing or of the wrong type, a row or a file of both formats, no rows
 */
export async function readFeedback(rows: Rows, tally: Tally): Promise<Feedback> {
  let kind: Feedback['kind'] | undefined;
  const examples: (Preference | Binary)[] = [];
  for await (const row of rows) {
    const found = kindOf(row);
    kind ??= found;
    if (found !== kind) throw wrong(row, `is ${kinds[found]}, but the file began with ${kinds[kind]}: split it in two`);
    const example = kind === 'binary' ? readBinary(row) : readPreference(row);
    const texts = 'response' in example ? [example.response] : [example.chosen, example.rejected];
    if (texts.some((text) => text.trim() === '')) tally.drop('empty response');
    else {
      tally.keep();
      examples.push(example);
    }
  }
  if (!kind) throw new InputError('The feedback holds no rows.');
  return { kind, examples } as Feedback;
}

function kindOf(row: Row): Feedback['kind'] {
  const fields = fieldsOf(row);
  const paired = 'chosen' in fields || 'rejected' in fields;
  const binary = 'response' in fields || 'desirable' in fields;
  if (paired && binary) throw wrong(row, `is both ${kinds.binary} and ${kinds.preferences}: keep the fields of one`);
  if (paired) return 'preferences';
  if (binary) return 'binary';
  throw wrong(
    row,
    `is neither ${kinds.binary} nor ${kinds.preferences}: it has ${Object.keys(fields).join(', ') || 'no fields'}`,
  );
}

function readBinary(row: Row): Binary {
  const { desirable } = fieldsOf(row);
  const response = textField(row, 'response');
  if (desirable === undefined) throw wrong(row, 'has no field "desirable": add it, true or false');
  if (typeof desirable !== 'boolean') {
    throw wrong(row, `field "desirable" must be true or false, not ${shown(desirable)}`);
  }
  return { prompt: readPrompt(row), response, desirable, source: row.file, line: row.line };
}

function readPreference(row: Row): Preference {
  const [chosen, rejected] = [textField(row, 'chosen'), textField(row, 'rejected')];
  const { margin } = fieldsOf(row);
  if (margin !== undefined && !Number.isFinite(margin)) {
    throw wrong(row, `field "margin" must be a number, not ${shown(margin)}`);
  }
  const rated = margin === undefined ? {} : { margin: margin as number };
  return { prompt: readPrompt(row), chosen, rejected, ...rated, source: row.file, line: row.line };
}

function readPrompt(row: Row): Prompt {
  const { prompt } = fieldsOf(row);
  if (!Array.isArray(prompt)) return [{ role: 'user', content: textField(row, 'prompt') }];
  const turns = prompt.map((turn: unknown, i) => {
    const { role, content } = (typeof turn === 'object' && turn !== null ? turn : {}) as Record<string, unknown>;
    if (typeof role !== 'string' || !roles.includes(role)) {
      throw wrong(row, `field "prompt[${i}].role" must be one of ${roles.join(', ')}, not ${shown(role)}`);
    }
    if (typeof content !== 'string')
      throw wrong(row, `field "prompt[${i}].content" must be text, not ${shown(content)}`);
    return { role: role as Role, content };
  });
  if (turns.at(-1)?.role !== 'user') throw wrong(row, 'field "prompt" must end with a turn of the user');
  return turns;
}
