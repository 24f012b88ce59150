import type { Estimate } from '@halokit/evaluation';
import { figureText } from '../held_out/figure_text';
import { level } from '../significance';
import { percentInterval, whole } from '../terminal/numbers';
import type { Comparison } from './comparisons';
import type { Judged } from './judged';
import { few, readingOf } from './readings';
import type { ReportRun } from './report_run';
import type { Figure } from './run_schemas';

/** Sentences that belong together. */
export interface Findings {
  readonly about: string;
  readonly lines: readonly string[];
}

/** What came out, a sentence each, no stronger than the intervals and the corrected p-values allow. */
export function findingsOf(
  runs: readonly ReportRun[],
  judged: readonly Judged[],
  comparisons: readonly Comparison[],
): Findings[] {
  const nothing = 'No answers were judged: nothing here says whether people would prefer them.';
  return [
    {
      about: 'answers',
      lines: judged.length > 0 ? [...summary(comparisons), ...comparisons.map(compared)] : [nothing],
    },
    { about: 'what to mind', lines: judged.flatMap(cautions) },
    { about: 'held-out examples', lines: runs.flatMap(heldOut) },
  ].filter(({ lines }) => lines.length > 0);
}

function compared(comparison: Comparison): string {
  const { kind, of, against, judge, baseline, estimate, corrected } = comparison;
  const { value, n } = estimate;
  const p = n < few ? 'too few to say' : `${pText(corrected)} after correction`;
  const isTold = n >= few && corrected < level;
  const share =
    kind === 'judged'
      ? `${of} wins ${percentInterval(estimate)} of ${whole(n)} pairs, ties half (${p})`
      : `${of} less ${against} is ${pointsText(estimate)} on the same ${whole(n)} prompts (${p})`;
  const where = kind === 'judged' ? `by ${judge}` : `by ${judge}, both against ${theModel(baseline)}`;
  if (!isTold) return `No significant difference between ${of} and ${theModel(against)}, ${where}: ${share}.`;
  const ahead = kind === 'judged' ? value > 0.5 : value > 0;
  const [better, worse] = ahead ? [of, against] : [against, of];
  return `${capital(theModel(better))} beats ${theModel(worse)}, ${where}: ${share}.`;
}

/** A model, or the target, in a sentence. */
function theModel(name: string): string {
  return name === 'target' ? 'the target' : name;
}

/** Of the one word that is not a model's name. */
function capital(words: string): string {
  return words.replace(/^the /, 'The ');
}

function summary(comparisons: readonly Comparison[]): string[] {
  const all = comparisons.length;
  if (all === 0) return [];
  const significant = comparisons.filter(({ corrected, estimate }) => corrected < level && estimate.n >= few).length;
  const alone = comparisons.filter(({ pValue, corrected }) => pValue < level && corrected >= level).length;
  const rest =
    alone === 0
      ? ''
      : ` ${whole(alone)} of these would pass for significant alone, and ${alone === 1 ? 'does' : 'do'} not among so many.`;
  return [
    `Of ${whole(all)} ${all === 1 ? 'comparison' : 'comparisons'}, ${significant === 0 ? 'none is' : `${whole(significant)} ${significant === 1 ? 'is' : 'are'}`} significant at ${100 * level} % after Holm's correction for all of them${significant === 0 || significant === all ? '' : `; ${whole(all - significant)} ${all - significant === 1 ? 'is' : 'are'} not`}.${rest}`,
  ];
}

/** What makes a win rate mean less than it seems to. */
function cautions({ candidate, baseline, judge, counts, rate, lengthControlled, finished }: Judged): string[] {
  const { win, tie, loss, unparsable, orderDependent } = counts;
  const [all, parsed] = [win + tie + loss + unparsable, win + tie + loss];
  const who = `${candidate} against ${theModel(baseline)}, by ${judge}`;
  const lines: string[] = [];
  if (!finished) lines.push(`${who}: its figures are missing; the ${whole(all)} pairs there are were counted here.`);
  if (unparsable > 0.02 * all)
    lines.push(`${who}: ${whole(unparsable)} of ${whole(all)} answers of the judge could not be parsed.`);
  if (orderDependent > 0.2 * parsed)
    lines.push(
      `${who}: in ${whole(orderDependent)} of ${whole(parsed)} pairs the judge preferred a place, not an answer.`,
    );
  if (lengthControlled && side(lengthControlled) !== side(rate))
    lines.push(
      `${who}: with lengths held equal the win rate is ${percentInterval(lengthControlled)}, ${unlike(lengthControlled, rate)}.`,
    );
  return lines;
}

/** How an interval differs from another that lies on another side of one half. */
function unlike(one: Estimate, other: Estimate): string {
  if (side(one) === 0) return 'whose interval holds 50 %, unlike that of the plain win rate';
  return side(other) === 0
    ? 'whose interval does not hold 50 %, unlike that of the plain win rate'
    : 'on the other side of 50 %';
}

/** On which side of one half an interval lies. */
function side({ low, high }: Estimate): number {
  return low > 0.5 ? 1 : high < 0.5 ? -1 : 0;
}

/** What the figures on held-out examples say of a run; their intervals are their own, without correction. */
function heldOut({ label, report }: ReportRun): string[] {
  const figures = report.figures ?? [];
  const over = figures.find(({ name }) => name.endsWith('over that rule'));
  return figures.flatMap((figure) => {
    const { name, estimate, unit, noEffect } = figure;
    const isTold = noEffect !== undefined && (unit === 'share' || unit === 'nats') && figure !== over;
    if (!isTold || !Number.isFinite(estimate.value)) return [];
    const said = `${label}, on ${whole(estimate.n)} held-out examples: ${name} ${figureText(figure)}, ${readingOf(figure)}`;
    const beside = over && unit === 'share' ? `; ${beyond(over)}` : '';
    return [`${said}${beside}.`];
  });
}

/** What a reward has over the rule that takes the shorter answer for the better one. */
function beyond({ estimate }: Figure): string {
  const { low, high } = estimate;
  const verdict = low > 0 ? 'better than' : high < 0 ? 'worse than' : 'not distinguishable from';
  return `it is ${verdict} the rule that the shorter answer wins (${pointsText(estimate)})`;
}

/** `p = 0.012`, `p < 0.001`. */
export function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/** A difference of shares in points of percent: `+4.1 points [−0.2, 8.3]`. */
export function pointsText({ value, low, high }: Estimate): string {
  const signed = (share: number) => `${(100 * share).toFixed(1)}`.replace('-', '−');
  return `${value > 0 ? '+' : ''}${signed(value)} points [${signed(low)}, ${signed(high)}]`;
}
