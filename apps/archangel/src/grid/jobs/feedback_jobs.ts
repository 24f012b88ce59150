import { InputError } from '../../input_error';
import { flagsOf } from '../flags_of';
import type { GridConfig, Sweep } from '../grid_config';
import type { OpenJob } from '../job';
import { folder, inWorld, named, type Place, startOf, worldName } from './place';

/** Makes the demo world of a seed. */
export function worldJob(config: GridConfig, seed: number): OpenJob {
  const name = worldName(seed);
  const args = ['--out', folder(name), '--seed', `${seed}`, ...flagsOf(config.world ?? {})];
  return { name, kind: 'world', seed, after: [], steps: [{ command: 'world', args }] };
}

/** Where the labelled answers of a sweep are. */
export function labelledFile(place: Place, sweep: string): string {
  return `${folder(labelsName(place, sweep))}/labelled.jsonl`;
}

export function labelsName(place: Place, sweep: string): string {
  return named(place, `labels-${sweep}`);
}

/**
 * Answers of the SFT model, labelled by a black box.
 *
 * @throws InputError where it is not said whose prompts are answered
 */
export function labelsJob(config: GridConfig, place: Place, sweep: string): OpenJob {
  const { labels = {} } = config.sweeps[sweep] as Sweep;
  const { prompts, data = config.train.data, ...labelKeys } = labels;
  if (data === undefined)
    throw new InputError(`sweeps.${sweep}.labels: "data" is missing: whose prompts are answered?`);
  const start = startOf(config, place, 'sft');
  const name = labelsName(place, sweep);
  // The keys of data belong to these prompts, all else to how the held-out ones are answered too.
  const { data: _, prompts: __, ...sampling } = config.sample ?? {};
  const keys = inWorld({ ...sampling, data, prompts, seed: place.seed, out: folder(name) }, place.seed);
  const label = inWorld({ as: 'thumbs', ...labelKeys, out: labelledFile(place, sweep), overwrite: true }, place.seed);
  return {
    ...{ name, kind: 'labels', ...place },
    after: [start.job as string, ...(config.world ? [worldName(place.seed)] : [])],
    steps: [
      { command: 'sample', args: [start.model, ...flagsOf(keys)] },
      { command: 'label', args: [`${folder(name)}/sft-completions.jsonl`, ...flagsOf(label)] },
    ],
  };
}
