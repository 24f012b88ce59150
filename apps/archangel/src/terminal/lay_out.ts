import { visible } from './visible';

/** A piece of text and the codes (SGR parameters) that colour it; none in a pipe. */
export interface Piece {
  readonly text: string;
  readonly sgr?: string;
}

/** Pieces as one running text, broken between words where it is wider than so many columns, every line indented. */
export function layOut(pieces: readonly Piece[], indent: string, columns: number): string {
  let [out, column] = [indent, indent.length];
  for (const { text, sgr } of pieces) {
    const painted = (part: string) => (sgr === undefined || part === '' ? part : `\u001b[${sgr}m${part}\u001b[0m`);
    let line = '';
    const breakLine = () => {
      out += `${painted(line.trimEnd())}\n${indent}`;
      [line, column] = ['', indent.length];
    };
    for (const word of words(visible(text), columns - indent.length)) {
      if (word === '\n') breakLine();
      else {
        if (column + word.length > columns && column > indent.length && word.trim() !== '') breakLine();
        line += word;
        column += word.length;
      }
    }
    out += painted(line);
  }
  return out
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Words, the white space between them, and line ends; a word too long for a line in pieces. */
function words(text: string, longest: number): string[] {
  return text
    .replaceAll('\t', '  ')
    .split(/(\n|[^\S\n]+)/)
    .flatMap((word) => word.match(new RegExp(`.{1,${longest}}`, 'gsu')) ?? []);
}
