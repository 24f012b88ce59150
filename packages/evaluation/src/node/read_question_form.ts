import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { InputError } from '../input_error';
import { parseQuestionForm, type QuestionForm } from './question_form';

/** Where the forms of this package lie: two folders above a source or a built entry, one above what built entries share. */
const shipped = ['../questions/', '../../questions/']
  .map((path) => new URL(path, import.meta.url))
  .find((folder) => existsSync(folder)) as URL;

/**
 * The form of a name (`helpful_harmless_concise`, the question of the Archangel report; `helpful`; `harmless`), or of a file:
 * copy one of `questions/` in this package and change it.
 *
 * @throws InputError for a name that is none, and for a file that is no form; the system's error for a file that cannot be read
 */
export async function readQuestionForm(nameOrFile: string): Promise<QuestionForm> {
  const isFile = /[/\\.]/.test(nameOrFile);
  if (!isFile) await requireShipped(nameOrFile);
  const text = await readFile(isFile ? nameOrFile : new URL(`${nameOrFile}.md`, shipped), 'utf8');
  return parseQuestionForm(basename(nameOrFile, extname(nameOrFile)), text);
}

async function requireShipped(name: string): Promise<void> {
  const names = (await readdir(shipped)).map((file) => basename(file, '.md')).sort();
  if (names.includes(name)) return;
  throw new InputError(`There is no question "${name}". There are ${names.join(', ')}, or a file: ./my_question.md.`);
}
