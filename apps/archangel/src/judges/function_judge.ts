import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { Judge } from '@halokit/evaluation';
import { InputError } from '../input_error';
import { importFile } from '../losses/import_file';
import type { FoundJudge } from './found_judge';

/**
 * A judge from a file whose default export is a function: it gets `{ prompt, turns, first, second }` and says which response
 * is better, `'first'`, `'second'` or `'tie'`, or `{ verdict, said }` with its own words.
 *
 * @throws InputError, one line, when the file is missing, does not load, or holds no judge
 */
export async function functionJudge(file: string): Promise<FoundJudge> {
  if (!existsSync(file)) throw new InputError(`${file}: there is no such file. Check the path.`);
  const { default: judge } = await importFile(file);
  if (typeof judge !== 'function') {
    throw new InputError(`${file}: has no judge. End it in "export default", a function of { prompt, first, second }.`);
  }
  return { judge: judge as Judge, name: basename(file), close: async () => {} };
}
