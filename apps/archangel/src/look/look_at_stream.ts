import {
  type Binary,
  type Counts,
  type FeedbackRecord,
  isHeldOut,
  type Preference,
  parseSources,
  Sample,
  type Source,
  setPreferences,
  streamFeedback,
  Tally,
  toBinary,
} from '@halokit/data';
import { filesRows, type HubOptions, sourceFiles } from '@halokit/data/node';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { DataConfig } from '../config/data_config';
import { InputError } from '../input_error';
import { chooseFormat } from '../stages/chat_format';
import { openTokenizer } from '../stages/choose_tokenizer';
import { withHub } from '../stages/hub';
import { describeCounts, setsBy } from '../stages/load_data';
import { counting } from '../terminal/progress';
import { classesOf, type DataReport, type LookedAt, reportLengths, type SourceReport } from './look_at_data';
import { measureLengths } from './measure_lengths';
import { SetCounter } from './set_counter';
import { showExamples } from './shown_examples';

type Example = Preference | Binary;

/** A source as it is read. */
interface Opened {
  readonly source: Source;
  readonly files: readonly string[];
  readonly tally: Tally;
  readonly notes: string[];
  held: number;
  readonly examples: AsyncGenerator<Example>;
  /** The first of them, read ahead. */
  readonly first: Example | undefined;
}

/**
 * As `lookAtData`, in memory that does not grow with the data. Who is held out is told from each prompt alone, so it is
 * about the share, and not the same prompts as in `train`.
 *
 * @throws InputError for what needs all examples at once
 */
export async function lookAtStream(config: DataConfig): Promise<LookedAt> {
  const { data, seed, heldOut: share, maxLength, maxPromptLength, longPrompts } = config;
  const path = config.tokenizer ?? config.model;
  const sources = parseSources(data);
  const reason = refusal(config, sources, path);
  if (reason !== undefined)
    throw new InputError(`stream: ${reason} needs all examples at once. Leave one of them out.`);
  const loaded = await openTokenizer(path as string, config.offline);
  const format = chooseFormat(config.format, loaded);
  const { tokenizer } = loaded;
  const tokenize = { tokenizer, format, maxLength, maxPromptLength, longPrompts, unfitTurns: 'drop' } as const;
  const opened: Opened[] = [];
  await withHub(config.offline, async (hub) => {
    for (const source of sources) opened.push(await open(source, config, hub));
  });
  const kind = opened.some(({ first }) => first && !('chosen' in first)) ? 'binary' : 'preferences';
  const setOf = setsBy(opened.map(({ source, files }) => ({ name: source.name, files })));
  const sets = new SetCounter(setOf);
  const sample = new Sample<Example>(config.examples * 4, xoroshiro128plus(seed));
  const classes = { desirable: 0, undesirable: 0 };

  async function* all(): AsyncGenerator<Example> {
    for (const source of opened) {
      for await (const example of rest(source)) {
        source.held += 1;
        const side = isHeldOut(example.prompt, { share, seed }) ? 'heldOut' : 'train';
        const apart = 'chosen' in example ? toBinary({ kind: 'preferences', examples: [example] }) : [example];
        for (const one of kind === 'binary' ? apart : [example]) {
          sets.add(side, one);
          if (side === 'train') sample.offer(one);
          yield one;
        }
        if (side === 'train') for (const one of apart) classes[one.desirable ? 'desirable' : 'undesirable'] += 1;
      }
    }
  }
  const lengths = await measureLengths({ kind, examples: all() }, tokenize, counting('tokenizing'));
  const total = new Tally();
  for (const { tally } of opened) total.add(tally.counts());
  if (opened.every(({ held }) => held === 0)) {
    throw new InputError(`${data}: no row is left of ${total.counts().read}: ${describeCounts(total.counts())}.`);
  }
  const report: DataReport = {
    ...{ data, seed, kind, counts: total.counts(), sharedPrompts: 0, steps: [] },
    sources: opened.map(sourceReport),
    sets: sets.counts(),
    tokenizer: { name: path as string, entries: tokenizer.vocabularySize, format: format.name },
    ...reportLengths(lengths, config),
    classes: classesOf(classes),
  };
  const drawn = { kind, examples: sample.drawn() } as Parameters<typeof showExamples>[0];
  return { report, lengths, examples: showExamples(drawn, { count: config.examples, seed, tokenize, setOf }) };
}

function refusal(config: DataConfig, sources: readonly Source[], path: string | undefined): string | undefined {
  if (path === undefined) return 'a tokenizer trained on the data (no --tokenizer or --model)';
  if (sources.some(({ weight, cap }) => weight !== 1 || cap !== undefined)) return 'a weight or a cap';
  const flags = {
    '--rated.as': config.rated.as,
    '--rows': config.rows,
    '--keep-desirable': config.keepDesirable,
    '--keep-undesirable': config.keepUndesirable,
    '--flip-labels': config.flipLabels || undefined,
    '--join-votes': config.joinVotes || undefined,
    '--one-per-prompt': config.onePerPrompt || undefined,
    '--held-out-by time': config.heldOutBy === 'time' || undefined,
  };
  return Object.entries(flags).find(([, value]) => value !== undefined)?.[0];
}

async function open(source: Source, { seed, split, columns }: DataConfig, hub: HubOptions): Promise<Opened> {
  const files = await sourceFiles(source, { split, hub });
  const tally = new Tally();
  const notes: string[] = [];
  const rows = filesRows(files);
  const examples: AsyncGenerator<Example> =
    source.set === undefined
      ? unrated(streamFeedback(rows, tally, { columns, onNote: (note) => notes.push(note) }))
      : setPreferences(source.set, rows, tally, { seed, split });
  const { value, done } = await examples.next();
  const first = done ? undefined : value;
  return { source, files: files.map(({ name }) => name), tally, notes, held: 0, examples, first };
}

async function* unrated(records: AsyncIterable<FeedbackRecord>): AsyncGenerator<Example> {
  for await (const { kind, example } of records) {
    if (kind !== 'preferences' && kind !== 'binary') {
      const { source, line } = example;
      throw new InputError(
        `${source}: line ${line}: holds ${kind}, which are compared with each other: leave --stream out.`,
      );
    }
    yield example;
  }
}

async function* rest({ first, examples }: Opened): AsyncGenerator<Example> {
  if (first) yield first;
  yield* examples;
}

function sourceReport({ source, files, tally, notes, held }: Opened): SourceReport {
  const counts: Counts = tally.counts();
  return { name: source.name, files, counts, notes, weight: 1, held, taken: held };
}
