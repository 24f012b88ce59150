import type { ArgsDef } from 'citty';
import type { z } from 'zod';
import { configFlags } from '../config/describe';
import { readFlags, type Tree } from '../config/flags';
import { validate } from '../config/validate';
import { wordsAndFlags } from '../config/words';
import { InputError } from '../input_error';
import { type Grid, loadGrid } from './grid';

/** Which grid is meant, and what a command was told beside that. */
export interface AskedGrid<S extends z.ZodObject> {
  readonly grid: Grid;
  readonly options: z.output<S>;
}

/**
 * Reads `GRID --key value ...`: keys of the command, and keys of the grid on top of its file's (`--train.data FILE`).
 *
 * @throws InputError for no grid or several, and for a key that is neither's
 */
export async function askedGrid<S extends z.ZodObject>(
  command: string,
  args: readonly string[],
  schema: S,
): Promise<AskedGrid<S>> {
  const { words, flags } = wordsAndFlags(args, schema);
  const [said, another] = words;
  if (said === undefined || another !== undefined) {
    throw new InputError(`Say which grid: archangel grid ${command} miniature, or a YAML file, or a grid's folder.`);
  }
  const [own, ofGrid]: [Tree, Tree] = [{}, {}];
  for (const [key, value] of Object.entries(readFlags(flags))) {
    (Object.hasOwn(schema.shape, key) ? own : ofGrid)[key] = value;
  }
  return { options: validate(schema, own, 'command line'), grid: await loadGrid(said, ofGrid) };
}

/** What the help says of a command's arguments: the grid, and the command's own keys. */
export function gridArgs(schema: z.ZodObject): ArgsDef {
  const description = 'a YAML file, the folder of a grid that was run, or one that ships: archangel, miniature';
  return { grid: { type: 'positional', required: false, description }, ...configFlags(schema) };
}
