import { InputError } from '../input_error';

/** Ids to text, as a tokenizer's `decode`. */
export type Decode = (ids: readonly number[]) => string;

/** The text of tokens that come one at a time. */
export interface TextStream {
  /** Takes the next token and gives the text that is certain by now: no half character, no beginning of a stop string. */
  push(id: number): string;
  /** The rest: whatever was held back, when nothing more comes. */
  end(): string;
  /** A stop string has come. The text ended before it, and there will be no more. */
  readonly stopped: boolean;
}

/** Characters behind which a text may still change: bytes of one character that has not come whole, at most 3. */
const unfinished = /\ufffd{1,3}$/;

/**
 * Turns tokens into text as they come. What `push` and `end` give, joined, is `decode` of all ids, up to the first stop string.
 *
 * @param stop texts that end the text where they begin, wherever tokens part them
 * @throws InputError for an empty stop string
 * @example
 * const text = textStream((ids) => tokenizer.decode(ids), ['\n<|user|>']);
 * for await (const { id } of tokens) process.stdout.write(text.push(id));
 * process.stdout.write(text.end());
 */
export function textStream(decode: Decode, stop: readonly string[] = []): TextStream {
  if (stop.includes('')) throw new InputError('stop holds an empty text, which would end every response at once.');
  // Tokens whose text is certain stay as long as they are the context of the next: what they alone would be is known.
  let context: number[] = [];
  let waiting: number[] = [];
  let given = 0;
  let held = '';
  let stopped = false;

  const release = (text: string, more: boolean): string => {
    held += text;
    const found = stop.map((one) => held.indexOf(one)).filter((at) => at >= 0);
    if (found.length > 0) {
      stopped = true;
      const before = held.slice(0, Math.min(...found));
      held = '';
      return before;
    }
    const kept = more ? Math.max(0, ...stop.map((one) => overlap(held, one))) : 0;
    const free = held.slice(0, held.length - kept);
    held = held.slice(free.length);
    return free;
  };

  return {
    push(id) {
      if (stopped) return '';
      waiting.push(id);
      const all = decode([...context, ...waiting]);
      const certain = all.replace(unfinished, '');
      const fresh = certain.slice(given);
      given = Math.max(given, certain.length);
      if (certain === all && fresh !== '') {
        context = waiting;
        waiting = [];
        given = decode(context).length;
      }
      return release(fresh, true);
    },
    end() {
      if (stopped) return '';
      const rest = decode([...context, ...waiting]).slice(given);
      [context, waiting, given] = [[], [], 0];
      return release(rest, false);
    },
    get stopped() {
      return stopped;
    },
  };
}

/** How many last characters of a text are the first ones of another, which it does not hold whole. */
function overlap(text: string, other: string): number {
  for (let n = Math.min(text.length, other.length - 1); n > 0; n--) if (text.endsWith(other.slice(0, n))) return n;
  return 0;
}
