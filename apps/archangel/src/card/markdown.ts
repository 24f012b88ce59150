import { visible } from '../terminal/visible';

/** A text from outside as inline code, on one line: nothing in it is markup. */
export function code(text: string): string {
  const line = visible(text).replace(/\s+/g, ' ').trim();
  const mark = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${mark}${pad}${line || ' '}${pad}${mark}`;
}

/** A text as a block of code. */
export function fenced(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${visible(text).trimEnd()}\n${fence}`;
}

/** A text from outside within a paragraph: what would be markup is shown as it is. */
export function plain(text: string): string {
  const line = visible(text).replace(/\s+/g, ' ').trim();
  return line.replace(/[\\`*_{}[\]<>#|~$&!]/g, (sign) =>
    sign === '<' ? '&lt;' : sign === '&' ? '&amp;' : `\\${sign}`,
  );
}

/** A table; bars inside of cells do not end them. */
export function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
