import type { FormattedPiece } from './chat_format';
import { joinIds } from './join_ids';
import type { TextTokenizer } from './tokenizer';

/** Half of a UTF-16 pair alone, as careless cutting leaves it. No UTF-8 says it, so tokenizers write U+FFFD instead. */
const halfCharacter = /\p{Surrogate}/u;

/**
 * The ids of what a format wrote. Its tags are special tokens where the tokenizer knows them; the same names in what
 * somebody wrote are spelled out, and then each piece is encoded by itself.
 *
 * @param continues whether other text stands before the first piece
 */
export function encodePieces(
  pieces: readonly FormattedPiece[],
  tokenizer: TextTokenizer,
  continues: boolean,
): Int32Array {
  if (!holdsSpecial(pieces, tokenizer)) {
    return tokenizer.encode(pieces.map(({ text }) => text).join(''), { special: true, continues });
  }
  const filled = pieces.filter(({ text }) => text !== '');
  return joinIds(
    filled.map(({ text, written }, i) => tokenizer.encode(text, { special: !written, continues: continues || i > 0 })),
  );
}

/** What is repaired by encoding these pieces of a prompt or a response. */
export function repairsOf(pieces: readonly FormattedPiece[], tokenizer: TextTokenizer, what: string): string[] {
  return [
    ...(pieces.some(({ trimmed }) => trimmed) ? [`white space around ${what} trimmed by the chat template`] : []),
    ...(holdsSpecial(pieces, tokenizer) ? [`special token in ${what} spelled out`] : []),
    ...(pieces.some(({ text }) => halfCharacter.test(text)) ? [`half a character in ${what} replaced`] : []),
  ];
}

function holdsSpecial(pieces: readonly FormattedPiece[], tokenizer: TextTokenizer): boolean {
  return pieces.some(({ text, written }) => written && tokenizer.hasSpecial(text));
}
