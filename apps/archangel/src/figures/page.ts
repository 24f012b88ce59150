import { createHash } from 'node:crypto';
import { html } from './html';
import { palette } from './theme';

export interface Page {
  readonly title: string;
  /** The whole style sheet. */
  readonly style: string;
  /** What stands in the body, as HTML. */
  readonly body: string;
  /** What else stands in the head, as HTML. */
  readonly head?: string;
}

/** A page that loads nothing, a favicon included. */
export function htmlPage({ title, style, body, head = '' }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${head}<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${html(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** An inline script or style as a content security policy names it, so that no other runs. */
export function sourceHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** What all pages look like: on a phone or a wide screen, dark or light, or on paper. */
export const baseStyle = `${palette}
  body { margin: 0; padding: 16px; background: var(--paper); color: var(--ink); font: 16px/1.5 Helvetica, Arial, "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
  main { margin: 0 auto; }
  h1, h2, h3 { overflow-wrap: anywhere; }
  p { margin: 6px 0; }
  figure { margin: 0; }
  svg { display: block; width: 100%; height: auto; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; margin: 4px 0 12px; }
  .faint, .prompt { color: var(--faint); }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; margin: 10px 0; }
  th, td { padding: 3px 14px 3px 0; text-align: right; border-bottom: 1px solid var(--grid); }
  th { font-weight: 600; white-space: nowrap; }
  .left { text-align: left; overflow-wrap: anywhere; }
`;
