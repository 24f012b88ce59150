import { htmlTable } from '../../figures/html';
import { numberInterval, percentInterval, whole } from '../../terminal/numbers';
import type { AnswerLengths } from '../answer_lengths';
import type { Report } from '../build_report';
import { drawLengths } from '../draw_shares';
import { figure, paragraph, type Section } from './parts';

/** How long answers are, beside the responses that the sets prefer. */
export async function lengthsSection({ lengths }: Report): Promise<Section> {
  if (!lengths) return { id: 'lengths', title: 'Lengths of answers', body: '' };
  const { models, target } = lengths;
  const all = [...models, ...(target ? [target] : [])];
  const drawn: string[] = [];
  for (const [place, one] of models.entries())
    drawn.push(figure(one.model, '', await drawLengths(one, place, lengths)));
  const body = [
    `<div class="charts">${drawn.join('\n')}</div>`,
    ...(target ? [paragraph('Behind each: the targets of the same prompts.', 'faint')] : []),
    htmlTable(['tokens of', 'n', 'mean', 'median', '90 %', 'longest', 'cut at the limit'], all.map(row), 1),
  ];
  return { id: 'lengths', title: 'Lengths of answers', body: body.join('\n') };
}

function row({ model, mean, summary, cut }: AnswerLengths): string[] {
  const { n, median, p90, max } = summary;
  return [model, whole(n), numberInterval(mean, 1), ...[median, p90, max].map(whole), cut ? percentInterval(cut) : ''];
}
