import { type Cell, html, htmlTable } from '../../figures/html';
import { percentInterval } from '../../terminal/numbers';
import type { Report } from '../build_report';
import { paragraph, type Section } from './parts';

/** The authors' published counts beside ours. */
export function publishedSection({ published }: Report): Section {
  const { source, judge, models, methods } = published;
  const same = methods.flatMap(({ theirs }) => theirs.filter(({ sameAs }) => sameAs.length > 0));
  const words =
    same.length > 0
      ? 'Bold are models of the same size and method as a run here. Even these were asked other prompts and judged by another judge: the numbers lie side by side, they are not a comparison.'
      : 'None of the runs here is one of these models, nor were the prompts or the judge the same: they say what such methods did at full size, and nothing about the runs here.';
  const rows = methods.map(({ method, ours, theirs }): Cell[] => [
    method,
    ours.map(({ model, judge, rate }) => `${model}, by ${judge}: ${percentInterval(rate)}`).join('; '),
    ...models.map((model): Cell => {
      const found = theirs.find((one) => one.model === model);
      if (!found) return '';
      const { rate, meanTokens, sameAs } = found;
      const share = `${(100 * rate.value).toFixed(1)} %`;
      const value = sameAs.length > 0 ? `<b>${share}</b>` : share;
      const interval = `${(100 * rate.low).toFixed(1)}–${(100 * rate.high).toFixed(1)}`;
      return { html: `${value}<br><small>${interval}</small><br><small>${html(meanTokens.toFixed(0))} tokens</small>` };
    }),
  ]);
  const body = [
    paragraph(
      `Win rates against the SFT target, a tie counting half, with 95 % intervals: ${source}; judged by ${judge}, 512 prompts each.`,
    ),
    paragraph(words),
    htmlTable(['method', 'ours', ...models], rows, 2),
  ];
  return { id: 'published', title: 'The authors’ published counts', body: body.join('\n') };
}
