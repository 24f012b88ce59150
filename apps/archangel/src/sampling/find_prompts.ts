import type { AskedModel } from '../chat/asked_model';
import type { SampleConfig } from '../config/sample_config';
import { InputError } from '../input_error';
import { divide } from '../stages/divide';
import { describeCounts, loadData } from '../stages/load_data';
import { whole } from '../terminal/numbers';
import { type AskedPrompt, askedPrompts, inTurn } from './asked_prompts';
import { sharedData } from './run_data';

/** Prompts to ask, in their order, and where they are from. */
export interface FoundPrompts {
  readonly sequence: readonly AskedPrompt[];
  /** The data's spec. */
  readonly data: string;
  /** In words: `held out by runs/kto-thumbs`. */
  readonly from: string;
}

/**
 * The prompts that the models' runs held out, or all of other data where that was named.
 *
 * @throws InputError for models of no run and no data, or runs that held out different prompts
 */
export async function findPrompts(config: SampleConfig, models: readonly AskedModel[]): Promise<FoundPrompts> {
  const { data, seed, offline } = config;
  if (data !== undefined) {
    const loaded = await loadData({ ...config, data });
    console.log(`Data: ${data}\n  ${whole(loaded.counts.read)} rows read: ${describeCounts(loaded.counts)}`);
    const prompts = await askedPrompts(loaded.feedback, loaded.setOf);
    return { sequence: inTurn(prompts, seed), data, from: 'in the data' };
  }
  refuseOptionsOfData(config);
  const runs = [...new Set(models.flatMap(({ run }) => run ?? []))];
  const [first] = runs;
  if (first === undefined) {
    throw new InputError(`${models[0]?.place}: is not of a run, which would hold out prompts. Name some with --data.`);
  }
  const division = await sharedData(runs);
  const loaded = await loadData({ ...division, offline });
  const { heldOut } = divide(loaded.feedback, division);
  const prompts = await askedPrompts(heldOut, loaded.setOf);
  return { sequence: inTurn(prompts, seed), data: division.data, from: `held out by ${runs.join(', ')}` };
}

/** What is told of data where none is named would change nothing. */
function refuseOptionsOfData({ columns, rated, split }: SampleConfig): void {
  const told = Object.keys(columns).length > 0 ? 'columns' : rated.as !== undefined ? 'rated' : undefined;
  const key = told ?? (split === 'test' ? 'split' : undefined);
  if (key !== undefined)
    throw new InputError(`${key}: is told of data to ask, and a run knows its own. Name it with --data.`);
}
