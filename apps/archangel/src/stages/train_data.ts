import type { Loss } from '@halokit/losses';
import type { TrainConfig } from '../config/train_config';
import { InputError } from '../input_error';
import { countSets, type SetCounts } from '../look/set_counter';
import { whole } from '../terminal/numbers';
import { type Divided, divide } from './divide';
import { describeCounts, type LoadedData, loadData } from './load_data';

/** A run's feedback, divided. */
export interface TrainData extends Divided {
  readonly data: LoadedData;
  readonly sets: readonly SetCounts[];
}

/**
 * Reads and divides what a run trains on, and says what there is and what was left out.
 *
 * @param said what the loss is called
 * @throws InputError where pairs are asked for and taken apart
 */
export async function loadTrainData(config: TrainConfig, asked: Loss, said: string): Promise<TrainData> {
  const data = await loadData(config);
  const { train, heldOut, steps } = divide(data.feedback, config);
  if (asked.feedback === 'preferences' && train.kind === 'binary' && data.feedback.kind === 'preferences') {
    throw new InputError(
      `${said}: compares pairs, which --join-votes, --one-per-prompt, --keep-desirable and --keep-undesirable take apart. Leave them out.`,
    );
  }
  const sets = countSets({ train, heldOut }, data.setOf);
  console.log(`Data: ${config.data}`);
  console.log(
    `  ${whole(data.counts.read)} rows read, ${whole(data.counts.kept)} kept: ${describeCounts(data.counts)}`,
  );
  for (const note of data.sources.flatMap(({ notes }) => notes)) console.log(`  ${note}`);
  for (const { what, counts } of steps) console.log(`  ${what}: ${describeCounts(counts)}`);
  if (new Set(sets.map(({ set }) => set)).size > 1) for (const row of sets) console.log(`  ${setLine(row)}`);
  console.log(`  ${train.examples.length} to train on, ${heldOut.examples.length} held out, no prompt in both`);
  return { data, train, heldOut, steps, sets };
}

function setLine({ set, class: of, train, heldOut }: SetCounts): string {
  return `${set}, ${of}: ${whole(train)} to train on, ${whole(heldOut)} held out`;
}
