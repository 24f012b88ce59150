import { html } from '../figures/html';
import { baseStyle, htmlPage, sourceHash } from '../figures/page';
import { type Sections, sectionNames } from './sections';

/** The page of a run, complete without its script, which puts in what has changed as it is told. It loads nothing. */
export function watchPage(name: string, sections: Sections): string {
  const section = (id: (typeof sectionNames)[number]) => `<section id="${id}">${sections[id]}</section>`;
  const body = `<main>
<h1>${html(name)}</h1>
<p id="connection" role="status" hidden></p>
${sectionNames.map(section).join('\n')}
</main>
<script>${script}</script>`;
  return htmlPage({ title: name, style, body });
}

const style = `${baseStyle}
  main { max-width: 1160px; }
  h1 { font-size: 20px; margin: 0 0 8px; }
  h2 { font-size: 17px; margin: 28px 0 4px; }
  p { margin: 4px 0; }
  progress { width: 100%; height: 10px; accent-color: var(--c0); }
  #connection, .note { color: var(--warn); }
  summary { color: var(--faint); }
  #curves, .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); gap: 4px 20px; margin-top: 12px; }
  figcaption { display: flex; flex-wrap: wrap; gap: 0 12px; font-size: 14px; }
  svg line { stroke: var(--grid); }
  svg text { fill: var(--faint); font-size: 11px; }
  svg .y { text-anchor: end; }
  svg .x { text-anchor: middle; }
  polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
  polyline.c0 { stroke: var(--c0); } polyline.c1 { stroke: var(--c1); } polyline.c2 { stroke: var(--c2); }
  circle.c0 { fill: var(--c0); } circle.c1 { fill: var(--c1); } circle.c2 { fill: var(--c2); }
  span.c0 { color: var(--c0); } span.c1 { color: var(--c1); } span.c2 { color: var(--c2); }
  polyline.faint { opacity: 0.3; stroke-width: 1; }
  article { border-top: 1px solid var(--grid); padding: 8px 0; }
  pre { line-height: 1.45; margin: 2px 0 6px; }
  summary { cursor: pointer; margin-top: 20px; }
`;

/** A section comes as HTML that the server has made safe. After a break the browser asks again, and gets all of them. */
const script = `
  const connection = document.getElementById('connection');
  const say = (text) => { connection.textContent = text; connection.hidden = text === ''; };
  const events = new EventSource('events');
  events.onopen = () => say('');
  events.onerror = () => say('Not connected: the run has ended or stopped. This page waits for it to go on.');
  events.addEventListener('section', ({ data }) => {
    const { id, html } = JSON.parse(data);
    document.getElementById(id).innerHTML = html;
  });
  events.addEventListener('end', () => { events.close(); say(''); });
`;

/**
 * What the page may do: run this script, use this style, and ask its own server. Markup that got into it could run
 * nothing.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src '${sourceHash(script)}'`,
  `style-src '${sourceHash(style)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
