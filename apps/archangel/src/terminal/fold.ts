/** Columns to write in: the terminal's, but never more than are pleasant to read. */
export function columnsOf(stream: { readonly columns?: number }): number {
  return Math.min(Math.max(stream.columns ?? 100, 60), 100);
}

/**
 * Breaks lines that are longer than so many columns between words. A line goes on below the start of its last column:
 * below what follows its indentation, or the last gap of two spaces in it.
 */
export function fold(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => foldLine(line, columns))
    .join('\n');
}

function foldLine(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const start = /^.* {2}(?=\S)/.exec(line)?.[0].length ?? /^\s*/.exec(line)?.[0].length ?? 0;
  const indent = ' '.repeat(start);
  const lines = [line.slice(0, start)];
  for (const word of line.slice(start).split(' ')) {
    const last = lines.at(-1) as string;
    const isFirst = last.trim() === '' || last === line.slice(0, start);
    if (isFirst) lines[lines.length - 1] = last + word;
    else if (last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines.join('\n');
}
