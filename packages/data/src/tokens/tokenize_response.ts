import { endOfResponse } from './chat_format';
import { joinIds } from './join_ids';
import type { TokenizeOptions } from './tokenize_options';
import { encodePieces, repairsOf } from './tokenize_pieces';
import type { TokenizedPrompt } from './tokenize_prompt';

/**
 * A response as the model has to write it behind its prompt: whole and with one end token or, where that does not fit
 * into `maxLength`, cut and without.
 *
 * @returns undefined for an empty response
 */
export function tokenizeResponse(
  response: string,
  prompt: TokenizedPrompt,
  { tokenizer, format, maxLength }: TokenizeOptions,
): { ids: Int32Array; repairs: readonly string[] } | undefined {
  if (response === '') return undefined;
  const pieces = format.response?.(prompt.turns, response) ?? [{ text: response, written: true }];
  if (!pieces.some(({ text, written }) => written && text !== '')) return undefined;
  const ids = encodePieces(pieces, tokenizer, true);
  if (ids.length === 0) return undefined;
  const repairs = repairsOf(pieces, tokenizer, 'a response');
  const room = maxLength - prompt.ids.length;
  if (ids.length < room) {
    return { ids: joinIds([ids, Int32Array.of(endOfResponse(format, tokenizer))]), repairs };
  }
  return { ids: ids.slice(0, room), repairs: [...repairs, 'response too long: end cut, no end token'] };
}
