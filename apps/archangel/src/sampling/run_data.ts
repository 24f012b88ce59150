import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { dataOptions } from '../config/data_options';
import { validate } from '../config/validate';
import { InputError } from '../input_error';
import { configFile } from '../stages/run_folder';

const runData = z.object({ ...dataOptions, seed: z.int() });

/** How a run read and divided its data. */
export type RunData = z.output<typeof runData>;

/** The keys that tell which prompts a run held out. */
const deciding = ['data', 'split', 'columns', 'rated', 'joinVotes', 'rows', 'heldOut', 'heldOutBy', 'seed'] as const;

/**
 * How these runs read and divided their data, which has to be the same.
 *
 * @param runs their folders
 * @throws InputError for runs that hold out different prompts, or a run whose data is no files
 */
export async function sharedData(runs: readonly string[]): Promise<RunData> {
  const all = await Promise.all(runs.map(dataOf));
  const [first] = all as [RunData];
  for (const [i, other] of all.entries()) {
    const key = deciding.find((name) => JSON.stringify(first[name]) !== JSON.stringify(other[name]));
    if (key === undefined) continue;
    const said = [first, other].map((data) => JSON.stringify(data[key]) ?? 'none').join(' and ');
    throw new InputError(
      `${runs[0]} and ${runs[i]}: hold out other prompts (${key}: ${said}), so one has trained on what is new to the other. ` +
        'Ask them one by one, or prompts that both have not seen with --data.',
    );
  }
  return first;
}

async function dataOf(run: string): Promise<RunData> {
  const file = join(run, configFile);
  const config: unknown = parse(await readFile(file, 'utf8'));
  if (typeof config === 'object' && config !== null && 'data' in config) return validate(runData, config, file);
  throw new InputError(`${file}: names no data, so there are no held-out prompts. Name prompts to ask with --data.`);
}
