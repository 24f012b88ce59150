import { createHash } from 'node:crypto';
import { html } from '../figures/html';
import { type Sections, sectionNames } from './sections';

/** The page of a run, complete without its script, which puts in what has changed as it is told. It loads nothing. */
export function watchPage(name: string, sections: Sections): string {
  const section = (id: (typeof sectionNames)[number]) => `<section id="${id}">${sections[id]}</section>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${html(name)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${html(name)}</h1>
<p id="connection" role="status" hidden></p>
${sectionNames.map(section).join('\n')}
</main>
<script>${script}</script>
</body>
</html>
`;
}

const style = `
  :root { color-scheme: light dark; --paper: #ffffff; --ink: #1a1a1a; --faint: #5c5c5c; --line: #e3e3e3; --warn: #a34a00; --c0: #0072b2; --c1: #d55e00; --c2: #009e73; }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #16181d; --ink: #f2f2f2; --faint: #a9adb5; --line: #2e323a; --warn: #ff9d5c; --c0: #4aa8ea; --c1: #ff8a3d; --c2: #2ccf9f; }
  }
  body { margin: 0; padding: 16px; background: var(--paper); color: var(--ink); font: 16px/1.5 Helvetica, Arial, "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
  main { max-width: 1160px; margin: 0 auto; }
  h1 { font-size: 20px; margin: 0 0 8px; overflow-wrap: anywhere; }
  h2 { font-size: 17px; margin: 28px 0 4px; }
  p { margin: 4px 0; }
  progress { width: 100%; height: 10px; accent-color: var(--c0); }
  #connection, .note { color: var(--warn); }
  .faint, .prompt, summary { color: var(--faint); }
  #curves, .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); gap: 4px 20px; margin-top: 12px; }
  figure { margin: 0; }
  figcaption { display: flex; flex-wrap: wrap; gap: 0 12px; font-size: 14px; }
  svg { display: block; width: 100%; height: auto; }
  svg line { stroke: var(--line); }
  svg text { fill: var(--faint); font-size: 11px; }
  svg .y { text-anchor: end; }
  svg .x { text-anchor: middle; }
  polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
  polyline.c0 { stroke: var(--c0); } polyline.c1 { stroke: var(--c1); } polyline.c2 { stroke: var(--c2); }
  circle.c0 { fill: var(--c0); } circle.c1 { fill: var(--c1); } circle.c2 { fill: var(--c2); }
  span.c0 { color: var(--c0); } span.c1 { color: var(--c1); } span.c2 { color: var(--c2); }
  polyline.faint { opacity: 0.3; stroke-width: 1; }
  article { border-top: 1px solid var(--line); padding: 8px 0; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.45 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; margin: 2px 0 6px; }
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
  `script-src '${hashOf(script)}'`,
  `style-src '${hashOf(style)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
