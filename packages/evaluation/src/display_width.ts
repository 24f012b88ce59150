/** What a reader sees as one character: a letter with its accents, a whole flag or family. */
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Characters without width of their own: controls, formats, marks that stand alone. */
const invisible = /^[\p{Control}\p{Format}\p{Mark}\p{Surrogate}]+$/u;

/** Emoji shown as pictures. */
const picture = /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u;

/** What East Asian typography sets twice as wide: Hangul, ideographs, kana and their signs, full-width forms. */
const wide =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;

/**
 * Columns that a text takes in a terminal: 2 for wide characters and emoji, 0 for invisible ones, else 1.
 *
 * Source: Unicode Standard Annex 11, "East Asian Width": its classes W and F, by blocks.
 */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of characters.segment(text)) {
    width += invisible.test(segment) ? 0 : picture.test(segment) || wide.test(segment) ? 2 : 1;
  }
  return width;
}
