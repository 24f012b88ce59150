import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { TrainRequest } from '../config/load_config';
import { currentRanks } from '../ranks/ranks';
import type { RunFacts } from '../record/run_facts';
import { openRunFolder, writeWhole } from '../stages/run_folder';
import { checksumOfFile } from './checksum';
import { type DataFacts, newRecord, writeRecord } from './resume_record';
import { RunKeeper, removeLeftovers } from './run_keeper';
import { requireSameFacts } from './same_facts';

/** What a run is known by. */
export interface RunIdentity {
  /** Its resolved config. */
  readonly settings: object;
  readonly data: DataFacts;
  readonly facts: RunFacts;
}

/**
 * Makes the folder of a run that begins, with all that it is known by; or takes up that of one that goes on. Of several ranks
 * the first alone writes.
 *
 * @throws InputError when the folder holds something else, or a run that goes on would be another
 */
export async function openRun(
  { config, given, resumed }: TrainRequest,
  folder: string,
  { settings, data, facts }: RunIdentity,
): Promise<RunKeeper> {
  const factsFile = join(folder, 'run.json');
  const { first } = currentRanks();
  if (resumed && !first) return new RunKeeper(folder, config, resumed);
  if (resumed) {
    await requireSameFacts(factsFile, facts);
    await removeLeftovers(folder);
    return new RunKeeper(folder, config, resumed);
  }
  const lossFile = await checksumOfFile(config.method);
  // As the file has it: what YAML and JSON make of a value is not always the same.
  const record = newRecord({ settings: parse(stringify(settings)), given, data, lossFile });
  if (!first) return new RunKeeper(folder, config, record);
  await openRunFolder(folder, settings, config.overwrite);
  await writeWhole(factsFile, JSON.stringify(facts, null, 2));
  await writeRecord(folder, record);
  return new RunKeeper(folder, config, record);
}
