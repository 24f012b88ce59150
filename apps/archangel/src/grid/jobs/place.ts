import type { GridConfig } from '../grid_config';
import { outPlace } from '../job';

/** Where a job stands in the grid. */
export interface Place {
  readonly model: string;
  readonly seed: number;
}

/** A job's name, which is its folder below the grid's. */
export function named({ model, seed }: Place, what: string): string {
  return `${model}/seed-${seed}/${what}`;
}

export function worldName(seed: number): string {
  return `world/seed-${seed}`;
}

/** A job's folder, wherever the grid's is. */
export function folder(job: string): string {
  return `${outPlace}/${job}`;
}

/** Paths of the world's files, written where `{world}` stands. */
export function inWorld<T>(keys: T, seed: number): T {
  return JSON.parse(JSON.stringify(keys).replaceAll('{world}', folder(worldName(seed))));
}

/** The model that cells start from, and the job that makes it, where one does. */
export function startOf(config: GridConfig, place: Place, from: 'base' | 'sft'): { model: string; job?: string } {
  const given = config.models[place.model]?.model;
  if (from === 'base' && given !== undefined) return { model: given };
  const job = named(place, from);
  return { model: `${folder(job)}/sft`, job };
}
