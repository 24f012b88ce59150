import type { Estimate } from '@halokit/evaluation';
import { html, type Markup } from '../../figures/html';

/** A part of the page under a heading; without a body it is left out. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

export function paragraph(text: string, style = ''): string {
  return `<p${style && ` class="${style}"`}>${html(text)}</p>`;
}

/** Which colour is whose. */
export function legend(names: readonly { readonly name: string; readonly place: number }[]): string {
  const items = names.map(({ name, place }) => `<li><i class="c${place % 8}"></i>${html(name)}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

/** A drawn chart under its title. */
export function figure(title: string, note: string, svg: string): string {
  const said = note && `<span class="faint">${html(note)}</span>`;
  const titled = title && `<b>${html(title)}</b>`;
  return `<figure><figcaption>${titled}${said}</figcaption>
<div role="img" aria-label="${html([title, note].filter(Boolean).join(': '))}">${svg}</div></figure>`;
}

/** An estimate drawn on a line from 0 to 1, with a mark where there would be no effect. */
export function intervalBar({ value, low, high }: Estimate, mark = 0.5): Markup {
  if (![value, low, high].every(Number.isFinite)) return { html: '' };
  const [width, middle] = [120, 9];
  const at = (share: number) => (4 + share * (width - 8)).toFixed(1);
  const line = (kind: string, from: string, to: string, y1: number, y2: number) =>
    `<line class="${kind}" x1="${from}" x2="${to}" y1="${y1}" y2="${y2}"/>`;
  const parts = [
    line('axis', at(0), at(1), middle, middle),
    line('mark', at(mark), at(mark), 2, 16),
    line('range', at(low), at(high), middle, middle),
    `<circle cx="${at(value)}" cy="${middle}" r="3.5"/>`,
  ];
  return { html: `<svg class="interval" viewBox="0 0 ${width} 18" aria-hidden="true">${parts.join('')}</svg>` };
}
