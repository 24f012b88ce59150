import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { merge, type Tree } from '../config/flags';
import { readYaml } from '../config/read_yaml';
import { validate } from '../config/validate';
import { InputError } from '../input_error';
import { type GridConfig, gridConfig } from './grid_config';
import { closeJobs, type Job } from './job';
import { expand } from './jobs/expand';
import { checkKeys } from './key_checks';

/** Models x methods x seeds, and the jobs that they come to. */
export interface Grid {
  readonly name: string;
  /** Its YAML. */
  readonly file: string;
  /** Its folder. */
  readonly out: string;
  readonly config: GridConfig;
  /** What comes before stands before. */
  readonly jobs: readonly Job[];
}

/** The file in a grid's folder that holds what it was run with. */
export const gridFile = 'grid.yaml';

/** Beside `dist/`, and beside `src/`. */
const shipped = ['../grids/', '../../grids/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/**
 * Reads a grid: a YAML file, the folder of one that was run, or one that ships, by its name.
 *
 * @param over keys on top of the file's
 * @throws InputError for a file that is none, and for keys that are unknown, wrong or do not go together
 */
export async function loadGrid(said: string, over: Tree = {}): Promise<Grid> {
  const file = gridPlace(said);
  const config = validate(gridConfig, merge(await readYaml(file), over), file);
  checkKeys(config, file);
  const isRun = basename(file) === gridFile;
  const name = config.name ?? basename(file).replace(/\.ya?ml$/, '');
  const out = resolve(config.out ?? (isRun ? resolve(file, '..') : join('runs', name)));
  try {
    return { name, file, out, config, jobs: closeJobs(expand(config), out) };
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
}

function gridPlace(said: string): string {
  if (existsSync(said)) {
    if (!statSync(said).isDirectory()) return resolve(said);
    const file = resolve(said, gridFile);
    if (existsSync(file)) return file;
    throw new InputError(`${said}: is a folder without ${gridFile}: no grid was run there.`);
  }
  const named = /^[\w-]+$/.test(said) ? shipped.map((folder) => join(folder, `${said}.yaml`)) : [];
  const file = named.find((path) => existsSync(path));
  if (file !== undefined) return file;
  throw new InputError(
    `${said}: there is no such grid. Name a YAML file, a grid's folder, or one that ships: archangel, miniature.`,
  );
}
