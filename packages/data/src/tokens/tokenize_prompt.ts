import type { Prompt } from '../feedback';
import { InputError } from '../input_error';
import type { FormattedPiece } from './chat_format';
import { joinIds } from './join_ids';
import { promptLimit, type TokenizeOptions } from './tokenize_options';
import { encodePieces, repairsOf } from './tokenize_pieces';
import type { TextTokenizer } from './tokenizer';

/** What `tokenizePrompt` takes beside. */
export interface PromptOptions extends TokenizeOptions {
  /** Text whose tokens end the prompt, behind the tag after which the response begins: one of `ControlTokens`. */
  readonly controlToken?: string;
}

/** Tokens of a prompt, and what had to be done to it. */
export interface TokenizedPrompt {
  readonly ids: Int32Array;
  /** The turns that are left of it, the last perhaps only in part. */
  readonly turns: Prompt;
  readonly repairs: readonly string[];
}

/**
 * A prompt as the model reads it, cut to `maxPromptLength`: first go whole turns from its beginning, but for a leading
 * system turn; then that; then, with `longPrompts: 'cut'`, the beginning of what was written in the last turn. A control
 * token counts and is never cut; it is one token where the tokenizer knows it as one, and otherwise its ordinary pieces.
 *
 * @returns undefined when it is too long all the same
 * @throws InputError for turns that the format cannot say; turns that it refuses only once some are cut lose more
 */
export function tokenizePrompt(prompt: Prompt, options: PromptOptions): TokenizedPrompt | undefined {
  const { tokenizer, format, longPrompts, controlToken = '' } = options;
  const { bosId } = tokenizer;
  const beginning = bosId === undefined || format.writesBeginning ? [] : [Int32Array.of(bosId)];
  // Apart from what stands before it, so that it is the same tokens behind every prompt.
  const control = tokenizer.encode(controlToken, { special: true, continues: true });
  const room = promptLimit(options) - control.length - (beginning[0]?.length ?? 0);
  let shortest: { turns: Prompt; pieces: readonly FormattedPiece[]; cuts: readonly string[] } | undefined;
  for (const { turns, cuts } of shorterAndShorter(prompt)) {
    let pieces: readonly FormattedPiece[];
    try {
      pieces = format.prompt(turns);
    } catch (error) {
      if (turns === prompt || !(error instanceof InputError)) throw error;
      continue;
    }
    const ids = encodePieces(pieces, tokenizer, false);
    if (ids.length <= room) {
      const repairs = [...cuts, ...repairsOf(pieces, tokenizer, 'a prompt')];
      return { ids: joinIds([...beginning, ids, control]), turns, repairs };
    }
    shortest = { turns, pieces, cuts };
  }
  if (longPrompts !== 'cut' || !shortest) return undefined;
  const { turns, pieces, cuts } = shortest;
  const ids = cutLastTurn(pieces, tokenizer, room);
  if (!ids) return undefined;
  const repairs = [...cuts, "prompt too long: last turn's beginning cut", ...repairsOf(pieces, tokenizer, 'a prompt')];
  return { ids: joinIds([...beginning, ids, control]), turns, repairs };
}

/** The prompt, and what is left of it as turns go; the last turn stays. */
function* shorterAndShorter(prompt: Prompt): Generator<{ turns: Prompt; cuts: readonly string[] }> {
  yield { turns: prompt, cuts: [] };
  const system = prompt.length > 1 && prompt[0]?.role === 'system' ? prompt.slice(0, 1) : [];
  const firstCut = 'prompt too long: first turns cut';
  for (let first = system.length + 1; first < prompt.length; first++) {
    yield { turns: [...system, ...prompt.slice(first)], cuts: [firstCut] };
  }
  if (system.length === 0) return;
  const systemCut = 'prompt too long: system turn cut';
  yield { turns: prompt.slice(-1), cuts: prompt.length > 2 ? [firstCut, systemCut] : [systemCut] };
}

/** The tags whole, and of what was written last its end; undefined when there is no room for any of it. */
function cutLastTurn(
  pieces: readonly FormattedPiece[],
  tokenizer: TextTokenizer,
  room: number,
): Int32Array | undefined {
  const last = pieces.findLastIndex(({ written }) => written);
  if (last < 0) return undefined;
  const before = encodePieces(pieces.slice(0, last), tokenizer, false);
  const written = encodePieces(pieces.slice(last, last + 1), tokenizer, true);
  const after = encodePieces(pieces.slice(last + 1), tokenizer, true);
  const left = room - before.length - after.length;
  if (left < 1) return undefined;
  // Not from the middle of a character, which has at most four tokens: that would be read as U+FFFD.
  for (let drop = 0; drop < Math.min(4, left); drop++) {
    const kept = written.slice(-left).slice(drop);
    const text = tokenizer.decode(kept);
    if (!text.startsWith('\ufffd') || tokenizer.decode(written).endsWith(text)) return joinIds([before, kept, after]);
  }
  return undefined;
}
