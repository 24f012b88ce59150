import type { Tree } from '../../config/flags';
import type { CellPlan } from '../cells';
import { flagsOf } from '../flags_of';
import type { GridConfig } from '../grid_config';
import type { OpenJob, Step } from '../job';
import { labelledFile, labelsName } from './feedback_jobs';
import { folder, inWorld, named, type Place, startOf, worldName } from './place';

/** Teaches a model made here to speak. */
export function baseJob(config: GridConfig, place: Place): OpenJob {
  const name = named(place, 'base');
  const { shape } = config.models[place.model] as GridConfig['models'][string];
  const keys = inWorld(config.base, place.seed);
  const args = flagsOf({ method: 'sft', ...keys, shape, seed: place.seed, out: folder(name) });
  return { name, kind: 'base', ...place, after: worldOf(config, place), steps: [{ command: 'train', args }] };
}

/** The keys with which a cell is trained, but for its folder. */
export function trainKeys(config: GridConfig, place: Place, cell: CellPlan): Tree {
  const { labels, loss: method, keys } = cell;
  const data = labels === undefined ? {} : { data: labelledFile(place, labels) };
  const { model } = startOf(config, place, cell.from);
  return { method, model, ...inWorld(keys, place.seed), ...data, seed: place.seed };
}

/** Trains a cell, has it answer, and its answers judged. */
export function cellJob(config: GridConfig, place: Place, cell: CellPlan): OpenJob {
  const name = named(place, cell.name);
  const { method, sweep, labels } = cell;
  const { model, job } = startOf(config, place, cell.from);
  const trained = cell.loss !== undefined;
  const out = folder(name);
  const train: Step = { command: 'train', args: flagsOf({ ...trainKeys(config, place, cell), out }) };
  const asked = flagsOf(inWorld({ ...config.sample, seed: place.seed }, place.seed));
  const sample: Step = { command: 'sample', args: trained ? [out, ...asked] : [model, ...asked, '--out', out] };
  const judge: Step = { command: 'judge', args: [out, ...flagsOf(inWorld(config.judge ?? {}, place.seed))] };
  return {
    ...{ name, kind: 'cell', ...place, cell: { method, ...(sweep && { sweep }) } },
    after: [
      ...(job === undefined ? [] : [job]),
      ...worldOf(config, place),
      ...(labels === undefined ? [] : [labelsName(place, labels)]),
    ],
    steps: [...(trained ? [train] : []), ...(config.sample ? [sample] : []), ...(config.judge ? [judge] : [])],
  };
}

function worldOf(config: GridConfig, { seed }: Place): string[] {
  return config.world ? [worldName(seed)] : [];
}
