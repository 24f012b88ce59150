import { type Estimate, wilson } from '@halokit/evaluation';
import { type PublishedCount, publishedCounts, publishedJudge, publishedSource } from './archangel_counts';
import type { Judged } from './judged';
import { modelLabel, type ReportRun } from './report_run';

/** The authors' own counts beside a report's. */
export interface Published {
  readonly source: string;
  readonly judge: string;
  /** In order of size. */
  readonly models: readonly string[];
  readonly methods: readonly PublishedMethod[];
}

interface PublishedMethod {
  /** As the authors call it: `kto`, `sft+kto`. */
  readonly method: string;
  /** This report's models of the method that were held against the target. */
  readonly ours: readonly { readonly model: string; readonly judge: string; readonly rate: Estimate }[];
  readonly theirs: readonly PublishedRate[];
}

interface PublishedRate {
  readonly model: string;
  /** Wins and half of what is neither win nor loss, of all judgments, with Wilson's interval. */
  readonly rate: Estimate;
  readonly meanTokens: number;
  readonly targetTokens: number;
  /** This report's runs that trained that very model by that method. */
  readonly sameAs: readonly string[];
}

/** Methods that are shown whatever the runs did, between which the others lie. */
const always = ['unaligned', 'sft'];
/** Where no run is of a published method. */
const usual = ['dpo', 'kto', 'sft+dpo', 'sft+kto'];

/** What the authors counted for the methods of these runs, and for what they are measured by. */
export function publishedFor(runs: readonly ReportRun[], judged: readonly Judged[]): Published {
  const known = new Set(publishedCounts.map(({ method }) => method));
  const used = new Set(runs.flatMap(({ method }) => [`${method}`, `sft+${method}`]).filter((name) => known.has(name)));
  const wanted = [...always, ...(used.size > 0 ? used : usual)];
  const methods = [...known].filter((method) => wanted.includes(method));
  return {
    source: publishedSource,
    judge: publishedJudge,
    models: [...new Set(publishedCounts.map(({ model }) => model))],
    methods: methods.map((method) => ({
      method,
      ours: judged.flatMap(({ candidate, baseline, judge, rate }) =>
        baseline === 'target' && methodOf(candidate, runs) === method ? [{ model: candidate, judge, rate }] : [],
      ),
      theirs: publishedCounts.filter((row) => row.method === method).map((row) => publishedRate(row, runs)),
    })),
  };
}

function publishedRate(row: PublishedCount, runs: readonly ReportRun[]): PublishedRate {
  const { model, method, judgments, wins, losses, meanTokens, targetTokens } = row;
  const sameAs = runs.flatMap((run) => {
    const same = run.method && modelOf(run) === model && methodOf(run.label, runs) === method;
    return same ? [run.label] : [];
  });
  const ties = judgments - wins - losses;
  return { model, rate: wilson(wins + ties / 2, judgments), meanTokens, targetTokens, sameAs };
}

/** The authors' name for what made a model of a run. */
function methodOf(label: string, runs: readonly ReportRun[]): string | undefined {
  const run = runs.find((run) => [run.label, modelLabel(run, 'sft')].includes(label));
  if (!run) return undefined;
  if (run.label !== label || run.method === 'sft') return 'sft';
  const { first } = (run.config.sft ?? {}) as { first?: unknown };
  return `${first === true ? 'sft+' : ''}${run.method}`;
}

/** The published model that a run began with, by its name. */
function modelOf({ config }: ReportRun): string | undefined {
  const name = String(config.model ?? '').toLowerCase();
  const pythia = /pythia-(1\.4b|2\.8b|6\.9b|12b)(?![\d.])/.exec(name)?.[1];
  if (pythia) return `Pythia ${pythia.toUpperCase()}`;
  const llama = /(?<![\w-])llama-(7b|13b|30b)(?![\w.-])/.exec(name)?.[1];
  return llama && `Llama ${llama.toUpperCase()}`;
}
