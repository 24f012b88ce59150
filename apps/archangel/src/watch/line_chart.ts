import { noisy, type Point, smoothed } from '../figures/curve';
import { html } from '../figures/html';
import { shortNumber, ticks } from '../figures/ticks';

/** Some curves over steps, none of them empty, on one axis. */
export interface Chart {
  readonly title: string;
  readonly lines: readonly { readonly name: string; readonly points: readonly Point[] }[];
  /** Drawn as it is, however many points it has: chosen rather than measured. */
  readonly exact?: boolean;
}

const [width, height] = [360, 190];
const box = { left: 46, right: 352, top: 8, bottom: 166 };

/**
 * The chart as HTML with an SVG in it. Colours come from the page's style sheet, so that they suit dark and light, and sizes
 * from its width.
 */
export function lineChart({ title, lines, exact = false }: Chart): string {
  const all = lines.flatMap(({ points }) => points);
  const values = all.map(([, value]) => value);
  const marks = ticks(Math.min(...values), Math.max(...values), 4);
  const [low, high] = [marks[0] as number, marks.at(-1) as number];
  const [first, last] = [all[0]?.[0] as number, Math.max(...all.map(([step]) => step))];
  const x = (step: number) => box.left + ((step - first) / Math.max(last - first, 1)) * (box.right - box.left);
  const y = (value: number) => box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top);
  const at = ([step, value]: Point) => [x(step).toFixed(1), y(value).toFixed(1)] as const;
  const line = (points: readonly Point[], kind: string) =>
    `<polyline class="${kind}" points="${points.map((point) => at(point).join(',')).join(' ')}"/>`;
  const curve = (points: readonly Point[], colour: string) => {
    if (points.length >= noisy && !exact) return line(points, `${colour} faint`) + line(smoothed(points), colour);
    const [cx, cy] = at(points.at(-1) as Point);
    return `${line(points, colour)}<circle class="${colour}" cx="${cx}" cy="${cy}" r="2.5"/>`;
  };
  const across = ticks(first, last, 4).filter((step) => step >= first && step <= last && Number.isInteger(step));
  const latest = lines.map(({ name, points }) => {
    const value = shortNumber((points.at(-1) as Point)[1], 4);
    return lines.length > 1 ? `${name} ${value}` : value;
  });
  return `<figure>
<figcaption><b>${html(title)}</b>${latest.map((text, i) => `<span class="c${i}">${html(text)}</span>`).join('')}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${html(`${title} at step ${last}: ${latest.join(', ')}`)}">
${marks.map((mark) => gridLine(mark, y(mark).toFixed(1))).join('\n')}
${across.map((step) => `<text class="x" x="${x(step).toFixed(1)}" y="${height - 8}">${shortNumber(step)}</text>`).join('\n')}
${lines.map(({ points }, i) => curve(points, `c${i}`)).join('\n')}
</svg>
</figure>`;
}

function gridLine(value: number, y: string): string {
  return `<line x1="${box.left}" x2="${box.right}" y1="${y}" y2="${y}"/><text class="y" x="${box.left - 6}" y="${y}" dy="4">${shortNumber(value)}</text>`;
}
