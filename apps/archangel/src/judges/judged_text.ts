import { type Estimate, table } from '@halokit/evaluation';
import { level } from '../significance';
import { numberInterval, percentInterval, whole } from '../terminal/numbers';
import type { Comparison, JudgedModel } from './comparisons';
import type { Judged } from './judged';

/** The figures of one model: what was won, lost, tied, and could not be read. */
export function judgedTable({ label, judged }: JudgedModel, baseline: string): string {
  const { win, tie, loss, unparsable, orderDependent, withoutTarget } = judged.counts;
  const { rate, rateWithoutTies, lengthControlled, meanTokens } = judged;
  const rows = [
    ['win rate, ties half', percentInterval(rate)],
    ['win rate without ties', rateWithoutTies.n === 0 ? 'all are ties' : percentInterval(rateWithoutTies)],
    ['win rate at equal length', lengthControlled ? percentInterval(lengthControlled) : 'not to be told'],
    ['won, tied, lost', `${whole(win)}, ${whole(tie)}, ${whole(loss)}`],
    ['  ties by preferring a place', whole(orderDependent)],
    ['unparsable, in no rate', whole(unparsable)],
    ...(withoutTarget > 0 ? [['left out, for want of a target', whole(withoutTarget)]] : []),
    ...(meanTokens ? [['mean tokens', numberInterval(meanTokens.candidate)]] : []),
    ...(meanTokens ? [[`mean tokens of ${baseline}`, numberInterval(meanTokens.baseline)]] : []),
  ];
  return table([`${label} against ${baseline}`, 'figure [95 % interval]'], rows, ['left', 'right']);
}

/** What the judgments show, in words no stronger than their tests allow. */
export function comparisonText(comparisons: readonly Comparison[]): string {
  const count = comparisons.length;
  const corrected = count > 1 ? [`The p-values are corrected for these ${count} comparisons (Holm).`] : [];
  return [...comparisons.map((comparison) => `${sentence(comparison)}.`), ...corrected].join('\n');
}

function sentence(comparison: Comparison): string {
  const { of, against, estimate, test } = comparison;
  const direct = test === 'sign test';
  const ahead = estimate.value > (direct ? 0.5 : 0);
  const figure = direct ? percentInterval(estimate) : pointsInterval(estimate);
  const tested = `${figure}, p ${pText(comparison.corrected)} (${test})`;
  if (!(comparison.corrected < level)) {
    return `${of} and ${against} are not to be told apart: ${tested}, no significant difference`;
  }
  if (direct) return ahead ? `${of} beats ${against}: ${tested}` : `${against} beats ${of}: ${tested} for ${of}`;
  return ahead ? `${of} does better than ${against}: ${tested}` : `${of} does worse than ${against}: ${tested}`;
}

/** `+3.2 points [-1.0, 7.4]`. */
function pointsInterval({ value, low, high }: Estimate): string {
  const points = (share: number) => (100 * share).toFixed(1);
  return `${value > 0 ? '+' : ''}${points(value)} points [${points(low)}, ${points(high)}]`;
}

function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`;
}

/** Who judged, and what it took. */
export function judgeLine(
  { name, endpoint, question }: Judged['judge'],
  cost: Judged['cost'],
  moneyText: string,
): string {
  const where = endpoint === undefined ? '' : ` at ${endpoint}`;
  const asked = question ? `, asked "${question.name}"` : '';
  if (!cost) return `Judge: ${name}${where}${asked}.`;
  const tokens = `${whole(cost.promptTokens)} tokens read and ${whole(cost.completionTokens)} written`;
  const paid = moneyText === '' ? '' : `; ${moneyText}`;
  return `Judge: ${name}${where}${asked}: ${whole(cost.requests)} requests, ${whole(cost.cached)} answers from the cache, ${tokens}${paid}.`;
}
