import { rmSync } from 'node:fs';
import { bundle } from './bundle';
import { type ChildOptions, runChild } from './child';
import type { SpecEvent, SpecRequest, SpecResult } from './events';
import { checkSpecFiles } from './spec_files';

export interface RunOptions extends Partial<ChildOptions> {
  /** Name of a module in `backends/`. */
  readonly backend: string;
  readonly files: readonly string[];
  readonly excluded?: SpecRequest['excluded'];
}

/** Something that went wrong with a file rather than in one of its specs. */
export interface Trouble {
  readonly file: string;
  readonly what: string;
}

export interface RunResult {
  readonly files: readonly string[];
  readonly specs: readonly SpecResult[];
  /** Processes that died or hung, with the spec that they were at. The rest of that file did not run. */
  readonly crashes: readonly Trouble[];
  readonly loadErrors: readonly Trouble[];
  readonly suiteErrors: readonly Trouble[];
}

/**
 * Runs spec files of TensorFlow.js against a backend. When the process dies or hangs, the file it was at is to blame, and
 * a fresh process goes on with the file after it.
 *
 * @throws Error when a file does not exist, or a process ended before it came to any spec
 */
export async function runSpecFiles(options: RunOptions): Promise<RunResult> {
  checkSpecFiles(options.files);
  const { folder, module } = await bundle(options.files, options.backend);
  try {
    return await runBundle(module, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runBundle(
  module: string,
  { files, excluded = {}, hangMs = 60_000, env = {} }: RunOptions,
): Promise<RunResult> {
  const result = {
    files,
    specs: [] as SpecResult[],
    crashes: [] as Trouble[],
    loadErrors: [] as Trouble[],
    suiteErrors: [] as Trouble[],
  };
  const take = (event: SpecEvent) => {
    if (event.kind === 'spec') result.specs.push(event);
    else if (event.kind === 'loadError') result.loadErrors.push({ file: event.file, what: event.error });
    else if (event.kind === 'suiteError') result.suiteErrors.push({ file: event.file, what: event.error });
  };
  let rest = files;
  while (rest.length > 0) {
    const { at, trouble, output } = await runChild(module, { files: rest, excluded }, { hangMs, env }, take);
    if (trouble === undefined) break;
    if (at === undefined || !rest.includes(at.file))
      throw new Error(`The process ${trouble} before it came to any spec:\n${output}`);
    result.crashes.push({ file: at.file, what: `${trouble} at "${at.name}"\n${output}` });
    rest = rest.slice(rest.indexOf(at.file) + 1);
  }
  return result;
}
