import {
  type Binary,
  endOfResponse,
  type Feedback,
  type Preference,
  shuffled,
  Tally,
  type TokenizeOptions,
  tokenizeBinary,
  tokenizePreferences,
} from '@halokit/data';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { ResponseName } from './measure_lengths';

/** An example as the model sees it, cut as it will be cut. */
export interface ShownExample {
  readonly set: string;
  readonly source: string;
  readonly line: number;
  /** Read, but not trained on. */
  readonly prompt: ShownTokens;
  readonly responses: readonly ShownResponse[];
}

export interface ShownTokens {
  readonly text: string;
  readonly tokens: number;
}

/** What is trained on. */
export interface ShownResponse extends ShownTokens {
  readonly class: ResponseName;
  /** The end token by its name, which is trained on and counted too; absent where the response is cut. */
  readonly end?: string;
}

/** A few examples, drawn with the seed; those that training drops are passed over. */
export function showExamples(
  feedback: Feedback,
  { count, seed, tokenize, setOf }: ShowOptions,
): readonly ShownExample[] {
  const options: TokenizeOptions = {
    ...tokenize,
    longPrompts: tokenize.longPrompts === 'cut' ? 'cut' : 'drop',
  };
  const { tokenizer } = options;
  const endId = endOfResponse(options.format, tokenizer);
  const text = (ids: Int32Array) => tokenizer.decode(ids, { special: true });
  const respond = (name: ResponseName, ids: Int32Array): ShownResponse => {
    const finished = ids.at(-1) === endId;
    const written = finished ? ids.subarray(0, -1) : ids;
    return {
      class: name,
      text: text(written),
      tokens: ids.length,
      ...(finished && { end: text(Int32Array.of(endId)) }),
    };
  };
  const shown: ShownExample[] = [];
  const all: readonly (Preference | Binary)[] = feedback.examples;
  for (const i of shuffled([...all.keys()], xoroshiro128plus(seed))) {
    if (shown.length >= count) break;
    const example = all[i] as Preference | Binary;
    const tokens =
      'chosen' in example
        ? tokenizePreferences([example], options, new Tally())[0]
        : tokenizeBinary([example], options, new Tally())[0];
    if (!tokens) continue;
    shown.push({
      set: setOf(example),
      source: example.source,
      line: example.line,
      prompt: { text: text(tokens.prompt), tokens: tokens.prompt.length },
      responses:
        'chosen' in tokens
          ? [respond('chosen', tokens.chosen), respond('rejected', tokens.rejected)]
          : [respond(tokens.desirable ? 'desirable' : 'undesirable', tokens.response)],
    });
  }
  return shown;
}

export interface ShowOptions {
  readonly count: number;
  readonly seed: number;
  readonly tokenize: TokenizeOptions;
  setOf(example: { readonly source: string }): string;
}
