import { type Cell, htmlTable } from '../../figures/html';
import { numberInterval, percentInterval, whole } from '../../terminal/numbers';
import type { Report } from '../build_report';
import { pointsText, pText } from '../findings';
import type { Judged } from '../judged';
import { intervalBar, paragraph, type Section } from './parts';

/** Which answers a judge preferred. */
export function judgedSection({ judged, comparisons }: Report): Section {
  if (judged.length === 0) return { id: 'judged', title: 'Judged answers', body: '' };
  const direct = comparisons.filter(({ kind }) => kind === 'judged');
  const paired = comparisons.filter(({ kind }) => kind === 'paired');
  const wins = direct.map(({ of, against, judge, estimate, corrected }): Cell[] => [
    ...[of, against, judge],
    intervalBar(estimate),
    ...[percentInterval(estimate), whole(estimate.n), pText(corrected)],
  ]);
  const differences = paired.map(({ of, against, baseline, judge, estimate, corrected }) => [
    `${of} less ${against}`,
    ...[baseline, judge, pointsText(estimate), whole(estimate.n), pText(corrected)],
  ]);
  const body = [
    paragraph(
      'Every pair is judged in both orders. The win rate counts a tie as half and leaves out what could not be parsed; brackets are 95 % intervals, the mark stands at 50 %. p is of an exact sign test of wins against losses, after Holm’s correction for all comparisons of this report.',
    ),
    htmlTable(['model', 'against', 'judge', '', 'win rate', 'pairs', 'p'], wins, 3),
    ...(paired.length === 0
      ? []
      : [
          paragraph(
            'Models that one judge held against the same baseline, on the prompts they share: differences of win rates, with a paired bootstrap.',
          ),
          htmlTable(['models', 'both against', 'judge', 'difference', 'prompts', 'p'], differences, 3),
        ]),
    '<h3>Behind the win rates</h3>',
    htmlTable(
      [
        'model',
        'against',
        'judge',
        'won',
        'tied',
        'lost',
        'not parsed',
        'by place',
        'without ties',
        'lengths held equal',
        'tokens',
        'tokens of the other',
      ],
      judged.map(details),
      3,
    ),
    paragraph(
      '“By place” counts pairs in which the judge preferred the first or the second place in both orders; they are ties.',
      'faint',
    ),
    ...judged.flatMap(origin),
  ];
  return { id: 'judged', title: 'Judged answers', body: body.join('\n') };
}

function details({
  candidate,
  baseline,
  judge,
  counts,
  rateWithoutTies,
  lengthControlled,
  meanTokens,
}: Judged): string[] {
  const { win, tie, loss, unparsable, orderDependent } = counts;
  return [
    ...[candidate, baseline, judge],
    ...[win, tie, loss, unparsable, orderDependent].map(whole),
    percentInterval(rateWithoutTies),
    lengthControlled ? percentInterval(lengthControlled) : '',
    meanTokens ? numberInterval(meanTokens.candidate, 1) : '',
    meanTokens ? numberInterval(meanTokens.baseline, 1) : '',
  ];
}

/** Which question was asked, and what it cost. */
function origin({ candidate, baseline, judge, question, cost }: Judged): string[] {
  const spent = Object.entries(cost ?? {}).flatMap(([name, value]) =>
    typeof value === 'number' ? [`${name} ${value.toLocaleString('en-US')}`] : [],
  );
  const parts = [...(question ? [`question ${question}`] : []), ...spent];
  return parts.length === 0
    ? []
    : [paragraph(`${candidate} against ${baseline}, by ${judge}: ${parts.join('; ')}.`, 'faint')];
}
