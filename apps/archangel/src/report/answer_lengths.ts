import { type Estimate, meanInterval, wilson } from '@halokit/evaluation';
import { lengthBins } from '../figures/length_chart';
import { type LengthSummary, Lengths } from '../look/lengths';
import { modelLabel, type ReportRun } from './report_run';

/** How long a model's answers are, in tokens. */
export interface AnswerLengths {
  readonly model: string;
  readonly mean: Estimate;
  readonly summary: LengthSummary;
  /** Share that did not end by itself. Unknown of targets. */
  readonly cut?: Estimate;
  /** Answers by length. */
  readonly bins: readonly number[];
}

export interface LengthFigures {
  /** Where the bins begin, the same for all. */
  readonly labels: readonly string[];
  readonly width: number;
  readonly models: readonly AnswerLengths[];
  /** The responses that the sets prefer, of every prompt that was asked once. */
  readonly target?: AnswerLengths;
}

/** Lengths of all answers, and of the targets of the prompts that they answer; undefined where nothing was sampled. */
export function lengthFigures(runs: readonly ReportRun[]): LengthFigures | undefined {
  const answered = runs.flatMap((run) =>
    run.answers
      .filter(({ lines }) => lines.length > 0)
      .map(({ method, lines }) => ({ model: modelLabel(run, method), lines })),
  );
  if (answered.length === 0) return undefined;
  const targets = new Map(
    answered.flatMap(({ lines }) =>
      lines.flatMap(({ id, targetTokens }) => (targetTokens === undefined ? [] : [[id, targetTokens] as const])),
    ),
  );
  const named = [
    ...answered.map(({ model, lines }) => ({
      name: model,
      tokens: lines.map(({ tokens }) => tokens),
      cut: wilson(lines.filter(({ finished }) => !finished).length, lines.length),
    })),
    ...(targets.size > 0 ? [{ name: 'target', tokens: [...targets.values()], cut: undefined }] : []),
  ].map((one) => ({ ...one, lengths: counted(one.tokens) }));
  const { width, labels, counts } = lengthBins(named);
  const all = named.map(({ name, tokens, lengths, cut }, i): AnswerLengths => {
    const known = cut && { cut };
    return {
      model: name,
      mean: meanInterval(tokens),
      summary: lengths.summary(),
      ...known,
      bins: counts[i] as number[],
    };
  });
  const models = all.slice(0, answered.length);
  return { labels, width, models, ...(targets.size > 0 && { target: all.at(-1) as AnswerLengths }) };
}

function counted(tokens: readonly number[]): Lengths {
  const lengths = new Lengths();
  for (const length of tokens) lengths.add(length);
  return lengths;
}
