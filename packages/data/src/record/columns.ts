import { InputError } from '../input_error';
import { type Field, fields } from './format';

/** A file's own names for the fields: `{ prompt: 'question', response: 'answer', label: 'thumb' }`; `label` is `desirable`. */
export type Columns = Readonly<Partial<Record<Field | 'label', string>>>;

/** Names by which other tools and logs call a field; looked for only where the field's own name is missing. */
export const synonyms: Readonly<Partial<Record<Field, readonly string[]>>> = {
  prompt: ['instruction', 'question', 'query', 'input'],
  response: ['completion', 'answer', 'output', 'reply'],
  desirable: ['thumb', 'liked', 'vote'],
  chosen: ['preferred', 'winner'],
  rejected: ['dispreferred', 'loser'],
  score: ['rating', 'reward'],
  responses: ['completions', 'answers', 'outputs'],
  messages: ['conversation', 'turns'],
};

/** Fields that make a format together. Where the user names a column of one, the other formats' own names do not count. */
const rivals: readonly { readonly makes: readonly Field[]; readonly of: 'response' | undefined }[] = [
  { makes: ['desirable'], of: 'response' },
  { makes: ['score'], of: 'response' },
  { makes: ['rank'], of: 'response' },
  { makes: ['chosen', 'rejected'], of: undefined },
  { makes: ['output_A', 'output_B', 'desirable'], of: undefined },
  { makes: ['responses', 'scores', 'ranks'], of: undefined },
  { makes: ['messages', 'rating'], of: undefined },
];

/** The names that a field may have in a file before anything is guessed: the user's, or its own. */
export function namesOf(field: Field, given: ReadonlyMap<Field, string>): readonly string[] {
  const column = given.get(field);
  if (column !== undefined) return [column];
  if (field === 'user' || field === 'time') return [];
  const stated = rivals.filter(({ makes }) => makes.some((rival) => given.has(rival)));
  const rival = field === 'response' || rivals.some(({ makes }) => makes.includes(field));
  if (stated.length > 0 && rival && !stated.some(({ makes, of }) => makes.includes(field) || of === field)) return [];
  return field === 'desirable' ? ['desirable', 'label'] : [field];
}

/** The user's columns by field. @throws InputError for names that are no fields, and one column for two fields */
export function givenColumns(columns: Columns): ReadonlyMap<Field, string> {
  const given = new Map<Field, string>();
  for (const [name, column] of Object.entries(columns)) {
    if (column === undefined) continue;
    const field = name === 'label' ? 'desirable' : fields.find((known) => known === name);
    if (!field) throw new InputError(`columns.${name}: is no field. The fields are ${fields.join(', ')}.`);
    if (typeof column !== 'string' || column === '') throw new InputError(`columns.${name}: must be a column's name.`);
    const other = [...given].find(([known, taken]) => taken === column || known === field)?.[0];
    if (other !== undefined) {
      throw new InputError(`columns.${name}: clashes with columns.${other}. Give each field one column of its own.`);
    }
    given.set(field, column);
  }
  return given;
}
