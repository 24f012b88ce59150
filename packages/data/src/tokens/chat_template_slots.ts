import type { FormattedPiece } from './chat_format';

/** A rendered conversation whose turns are left open: the template's own text, and the turn that goes in between. */
export type Slots = readonly (string | { readonly turn: number })[];

/** Stands for a turn's content. Characters for private use, which no template tests for or trims. */
export function placeholder(turn: number): string {
  return `\uE0F0${turn}\uE0F1`;
}

/** Cuts what was rendered of placeholders into the template's text and the turns. */
export function readSlots(rendered: string): Slots {
  // Every second part is what the pattern holds.
  const parts = rendered.split(/\uE0F0(\d+)\uE0F1/);
  return parts.map((part, i) => (i % 2 === 0 ? part : { turn: Number(part) })).filter((part) => part !== '');
}

/** How often a turn stands there. */
export function occurrences(slots: Slots, turn: number): number {
  return slots.filter((slot) => typeof slot !== 'string' && slot.turn === turn).length;
}

/**
 * Finds the turns in what was rendered of them. White space around a turn may be missing.
 *
 * @returns the pieces, which together are `rendered`; or the first turn that is not there as it was written
 */
export function fillSlots(slots: Slots, contents: readonly string[], rendered: string): FormattedPiece[] | number {
  const pieces: FormattedPiece[] = [];
  let at = 0;
  let turn = 0;
  for (const [i, slot] of slots.entries()) {
    if (typeof slot === 'string') {
      if (!rendered.startsWith(slot, at)) return turn;
      pieces.push({ text: slot, written: false });
      at += slot.length;
      continue;
    }
    turn = slot.turn;
    const next = slots[i + 1];
    const after = typeof next === 'string' ? next : '';
    const content = contents[turn] as string;
    const text = firstThat(trimmings(content), (text) => rendered.startsWith(text + after, at));
    if (text === undefined) return turn;
    pieces.push({ text, written: true, ...(text.length < content.length && { trimmed: true }) });
    at += text.length;
  }
  return at === rendered.length ? pieces : turn;
}

/** A text as templates may write it: whole, or without white space at both ends, at one, or without line ends. */
function* trimmings(text: string): Generator<string> {
  yield text;
  yield text.trim();
  yield text.trimStart();
  yield text.trimEnd();
  const noneBefore = text.replace(/^\n+/, '');
  yield noneBefore.replace(/\n+$/, '');
  yield noneBefore;
  yield text.replace(/\n+$/, '');
}

function firstThat(texts: Iterable<string>, test: (text: string) => boolean): string | undefined {
  for (const text of texts) if (test(text)) return text;
  return undefined;
}
