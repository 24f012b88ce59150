import type { HubOptions } from '@halokit/hub';
import { toBinary } from '../classes/binarise';
import type { Binary, Feedback, Preference } from '../feedback';
import { type Mixture, mix } from '../mixture/mixture';
import type { Source } from '../mixture/source';
import { type FeedbackOptions, readFeedback } from '../record/feedback_file';
import type { Split } from '../sets/set_files';
import { setPreferences } from '../sets/set_preferences';
import { type Counts, Tally } from '../tally';
import { filesRows, sourceFiles } from './source_files';

export interface LoadSourcesOptions {
  /** Draws the pairs of a post, the shares of a mixture and what a cap leaves. */
  readonly seed: number;
  /** Of data sets that are divided; `train` if not given. */
  readonly split?: Split;
  readonly hub: HubOptions;
  /** For files of feedback. */
  readonly feedback?: FeedbackOptions;
}

/** A source, and what became of its rows. */
export interface LoadedSource {
  readonly source: Source;
  /** The files it was read from. */
  readonly files: readonly string[];
  readonly counts: Counts;
  /** What the reader of feedback files guessed. */
  readonly notes: readonly string[];
  readonly prompts: number;
  readonly held: number;
  readonly taken: number;
}

export interface LoadedSources {
  readonly feedback: Feedback;
  readonly sources: readonly LoadedSource[];
  /** Of all sources together. */
  readonly counts: Counts;
  /** Prompts that are taken from more than one source. */
  readonly sharedPrompts: number;
}

/**
 * Reads the sources of a spec (`parseSources`), each by its own rule, and mixes them by their weights and caps (`mix`).
 * Where some hold pairs and some single responses, the pairs become single responses too.
 *
 * @throws InputError for what cannot be read, fetched or understood, naming it
 */
export async function loadSources(sources: readonly Source[], options: LoadSourcesOptions): Promise<LoadedSources> {
  const { seed } = options;
  const total = new Tally();
  const read: (Omit<LoadedSource, 'prompts' | 'held' | 'taken'> & { readonly feedback: Feedback })[] = [];
  for (const source of sources) {
    const loaded = await loadSource(source, options);
    total.add(loaded.counts);
    read.push(loaded);
  }
  const parts = <T>(examples: (feedback: Feedback) => readonly T[]) =>
    read.map(({ source, feedback }) => ({ ...source, examples: examples(feedback) }));
  const binary = read.some(({ feedback }) => feedback.kind === 'binary');
  const mixed: Mixture<Preference> | Mixture<Binary> = binary
    ? mix(parts(toBinary), { seed })
    : mix(
        parts((feedback) => feedback.examples as readonly Preference[]),
        { seed },
      );
  const feedback = { kind: binary ? 'binary' : 'preferences', examples: mixed.examples } as Feedback;
  return {
    feedback,
    sources: read.map(({ feedback: _, ...loaded }, i) => ({
      ...loaded,
      ...(mixed.parts[i] as (typeof mixed.parts)[0]),
    })),
    counts: total.counts(),
    sharedPrompts: mixed.sharedPrompts,
  };
}

async function loadSource(source: Source, { seed, split = 'train', hub, feedback: asked }: LoadSourcesOptions) {
  const tally = new Tally();
  const files = await sourceFiles(source, { split, hub });
  const names = files.map(({ name }) => name);
  if (source.set === undefined) {
    const { notes, ...feedback } = await readFeedback(filesRows(files), tally, asked);
    return { source, files: names, counts: tally.counts(), notes, feedback: feedback as Feedback };
  }
  const examples: Preference[] = [];
  const pairs = setPreferences(source.set, filesRows(files), tally, { seed, split });
  for await (const pair of pairs) examples.push(pair);
  const feedback: Feedback = { kind: 'preferences', examples };
  return { source, files: names, counts: tally.counts(), notes: [], feedback };
}
