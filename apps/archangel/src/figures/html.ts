/** A text as HTML that shows it and does nothing else, between tags or in a quoted attribute. */
export function html(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** What is HTML already. */
export interface Markup {
  readonly html: string;
}

export type Cell = string | Markup;

/** A table, in a frame of its own that scrolls where it is wider than the page. @param words columns that hold words, from the left */
export function htmlTable(header: readonly string[], rows: readonly (readonly Cell[])[], words: number): string {
  const cells = (tag: 'th' | 'td', row: readonly Cell[]) =>
    row
      .map((cell, i) => {
        const shown = typeof cell === 'string' ? html(cell) : cell.html;
        return `<${tag}${i < words ? ' class="left"' : ''}>${shown}</${tag}>`;
      })
      .join('');
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('');
  return `<div class="wide"><table><tr>${cells('th', header)}</tr>${body}</table></div>`;
}
