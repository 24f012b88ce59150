import {
  type Binary,
  type Counts,
  classCounts,
  type Feedback,
  type Preference,
  type TokenizeOptions,
  toBinary,
  toPreferences,
} from '@halokit/data';
import { type ClassCounts, lambdas } from '@halokit/losses';
import type { DataConfig } from '../config/data_config';
import { chooseFormat } from '../stages/chat_format';
import { chooseTokenizer } from '../stages/choose_tokenizer';
import { divide } from '../stages/divide';
import { loadData } from '../stages/load_data';
import { progress } from '../terminal/progress';
import type { LengthSummary, Lengths } from './lengths';
import { type MeasuredLengths, measureLengths, type ResponseName } from './measure_lengths';
import { countSets, type SetCounts, type Sides } from './set_counter';
import { type ShownExample, showExamples } from './shown_examples';

/** What is to be known of data before it is trained on; plain data but for `lengths`. */
export interface DataReport {
  readonly data: string;
  readonly seed: number;
  readonly kind: Feedback['kind'];
  readonly sources: readonly SourceReport[];
  /** Of all sources together. */
  readonly counts: Counts;
  readonly sharedPrompts: number;
  /** What leaves examples out after reading, in order. */
  readonly steps: readonly { readonly what: string; readonly counts: Counts }[];
  readonly sets: readonly SetCounts[];
  /** Distinct ones; not counted in a stream. */
  readonly prompts?: Sides;
  readonly tokenizer: { readonly name: string; readonly entries: number; readonly format: string };
  /** Examples of both sides that cannot be tokenized, and repairs; without cuts. */
  readonly tokens: Counts;
  readonly lengths: Readonly<Partial<Record<'prompt' | ResponseName | 'row', LengthSummary>>>;
  readonly limits: Limits & Pick<MeasuredLengths, 'lastTurnTooLong' | 'rowsCut'>;
  readonly suggested: Limits & { readonly rowsLonger: number };
  /** Of what is trained on; a pair is one of each. */
  readonly classes: Classes;
}

export interface SourceReport {
  readonly name: string;
  readonly files: readonly string[];
  readonly counts: Counts;
  readonly notes: readonly string[];
  readonly weight: number;
  readonly cap?: number;
  /** Not counted in a stream. */
  readonly prompts?: number;
  /** Examples it has, and those the mixture takes of it. */
  readonly held: number;
  readonly taken: number;
}

/** Longest row and prompt. */
interface Limits {
  readonly maxLength: number;
  readonly maxPromptLength: number;
  /** Prompts that are longer. */
  readonly promptsLonger: number;
}

export interface Classes {
  readonly desirable: number;
  readonly undesirable: number;
  /** With which the classes weigh the same; absent where one is missing. */
  readonly weights?: { readonly desirableWeight: number; readonly undesirableWeight: number };
}

/** The report, and what a page draws. */
export interface LookedAt {
  readonly report: DataReport;
  readonly lengths: MeasuredLengths;
  readonly examples: readonly ShownExample[];
}

/** Reads data as `train` would, and measures what it would train on. */
export async function lookAtData(config: DataConfig, stream: NodeJS.WriteStream = process.stderr): Promise<LookedAt> {
  const { data, seed, maxLength, maxPromptLength, longPrompts, unfitTurns } = config;
  const loaded = await loadData(config);
  const { train, heldOut, steps } = divide(loaded.feedback, config);
  const chosen = await chooseTokenizer(config, train);
  const { tokenizer } = chosen;
  const format = chooseFormat(config.format, chosen);
  const tokenize: TokenizeOptions = { tokenizer, format, maxLength, maxPromptLength, longPrompts, unfitTurns };
  const both = together(train, heldOut);
  const bar = progress('tokenizing', both.examples.length, stream);
  const onExample = (done: number) => bar.update(done);
  const lengths = await measureLengths(both, { ...tokenize, unfitTurns: 'drop' }, onExample).catch((error) => {
    bar.stop();
    throw error;
  });
  bar.end();
  const report: DataReport = {
    ...{ data, seed, kind: train.kind },
    sources: loaded.sources.map(({ source, files, counts, notes, prompts, held, taken }) => ({
      name: source.name,
      ...{ files, counts, notes, prompts, held, taken },
      weight: source.weight,
      ...(source.cap !== undefined && { cap: source.cap }),
    })),
    ...{ counts: loaded.counts, sharedPrompts: loaded.sharedPrompts, steps },
    sets: countSets({ train, heldOut }, loaded.setOf),
    prompts: { train: distinctPrompts(train), heldOut: distinctPrompts(heldOut) },
    tokenizer: { name: chosen.said, entries: tokenizer.vocabularySize, format: format.name },
    ...reportLengths(lengths, config),
    classes: classesOf(classCounts(toBinary(train))),
  };
  const examples = showExamples(train, {
    count: config.examples,
    seed,
    tokenize: { ...tokenize, unfitTurns: 'drop' },
    setOf: loaded.setOf,
  });
  return { report, lengths, examples };
}

/** Both sides as one, of the kind that is trained on. */
function together(train: Feedback, heldOut: Feedback): Feedback {
  if (train.kind === 'binary') return { kind: 'binary', examples: [...train.examples, ...toBinary(heldOut)] };
  return { kind: train.kind, examples: [...train.examples, ...toPreferences(heldOut)] };
}

function distinctPrompts({ examples }: Feedback): number {
  return new Set((examples as readonly (Preference | Binary)[]).map(({ prompt }) => JSON.stringify(prompt))).size;
}

/** Lengths that 99 in 100 keep within, rounded up. */
function suggest({ row, prompt }: MeasuredLengths): DataReport['suggested'] {
  const round = (all: Lengths) => Math.max(64, Math.ceil(all.quantile(0.99) / 64) * 64);
  const maxPromptLength = round(prompt);
  // A prompt has to leave room for a response.
  const maxLength = Math.max(round(row), maxPromptLength + 64);
  const [promptsLonger, rowsLonger] = [prompt.above(maxPromptLength), row.above(maxLength)];
  return { maxLength, maxPromptLength, promptsLonger, rowsLonger };
}

export function classesOf(counts: ClassCounts): Classes {
  return counts.desirable > 0 && counts.undesirable > 0 ? { ...counts, weights: lambdas(counts) } : counts;
}

/** What the report says of lengths and limits. */
export function reportLengths(
  lengths: MeasuredLengths,
  { maxLength, maxPromptLength }: Pick<DataConfig, 'maxLength' | 'maxPromptLength'>,
): Pick<DataReport, 'tokens' | 'lengths' | 'limits' | 'suggested'> {
  const { prompt, responses, row, lastTurnTooLong, rowsCut, counts } = lengths;
  const summaries = Object.entries({ prompt, ...responses, row }).map(([name, all]) => [name, all.summary()]);
  const promptsLonger = prompt.above(maxPromptLength);
  return {
    tokens: counts,
    lengths: Object.fromEntries(summaries),
    limits: { maxLength, maxPromptLength, promptsLonger, lastTurnTooLong, rowsCut },
    suggested: suggest(lengths),
  };
}
