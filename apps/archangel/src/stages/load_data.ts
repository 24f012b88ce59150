import { basename } from 'node:path';
import { type Counts, type Feedback, parseSources } from '@halokit/data';
import { type LoadedSource, loadSources } from '@halokit/data/node';
import type { DataOptions } from '../config/data_options';
import { InputError } from '../input_error';
import { withHub } from './hub';

/** Feedback, and what became of the rows it was read from. */
export interface LoadedData {
  readonly feedback: Feedback;
  readonly counts: Counts;
  readonly sources: readonly LoadedSource[];
  /** Prompts that more than one source has. */
  readonly sharedPrompts: number;
  /** The source of an example, by the file it came from; for a set that says more of itself, that (`hh-helpful`). */
  setOf(example: { readonly source: string; readonly set?: string }): string;
  /** A short name for folders and tables. */
  readonly name: string;
}

/** Reads and mixes what a spec names: files, folders, known sets and sets of the hub. */
export async function loadData(
  options: Pick<DataOptions, 'data' | 'split' | 'offline' | 'columns' | 'rated'> & { readonly seed: number },
): Promise<LoadedData> {
  const { data, seed, split, offline, columns } = options;
  const parsed = parseSources(data);
  const rated = ratedOf(options.rated);
  const loaded = await withHub(offline, (hub) =>
    loadSources(parsed, { seed, split, hub, feedback: { columns, ...(rated && { rated }) } }),
  );
  const { feedback, counts, sources, sharedPrompts } = loaded;
  if (feedback.examples.length === 0) {
    throw new InputError(`${data}: no row is left of ${counts.read}: ${describeCounts(counts)}.`);
  }
  return {
    ...{ feedback, counts, sources, sharedPrompts },
    setOf: setsBy(sources.map(({ files, source }) => ({ name: source.name, files }))),
    name: parsed.map(({ name }) => shortName(name)).join('+'),
  };
}

/** Tells an example's set: what it says itself, or the source that its file is of. */
export function setsBy(
  sources: readonly { readonly name: string; readonly files: readonly string[] }[],
): LoadedData['setOf'] {
  const sourceOf = new Map(sources.flatMap(({ files, name }) => files.map((file) => [file, name])));
  return (example) => example.set ?? sourceOf.get(example.source) ?? example.source;
}

/** Only what suits the choice, for the library takes nothing else. */
function ratedOf({ as, pairs, margin, threshold, desirable, atThreshold }: DataOptions['rated']) {
  if (as === undefined) return undefined;
  return as === 'pairs'
    ? { as, pairs, ...(margin !== undefined && { margin }) }
    : { as, threshold, desirable, atThreshold };
}

/** `hh:folder/train.jsonl.gz` is `train`, `hf:owner/name@main` is `name`. */
function shortName(source: string): string {
  return basename(source)
    .replace(/^\w{2,}:/, '')
    .replace(/(\.(jsonl|ndjson|json|csv|tsv|parquet))?(\.gz)?$/, '')
    .replace(/[^\w.-]+/g, '-');
}

/** Counts in a line: `dropped 5 (different prompts), repaired 3 (turns joined)`. */
export function describeCounts({ dropped, repaired }: Pick<Counts, 'dropped' | 'repaired'>): string {
  const list = (verb: string, reasons: Readonly<Record<string, number>>) =>
    Object.entries(reasons).map(([reason, count]) => `${verb} ${count} (${reason})`);
  return [...list('dropped', dropped), ...list('repaired', repaired)].join(', ') || 'nothing dropped or repaired';
}
