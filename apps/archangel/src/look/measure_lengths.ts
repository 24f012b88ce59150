import {
  type Binary,
  type Counts,
  type Examples,
  type Feedback,
  type Preference,
  Tally,
  type TokenizedBinary,
  type TokenizedPreference,
  type TokenizeOptions,
  tokenizeBinaryStream,
  tokenizePreferencesStream,
  tokenizePrompt,
} from '@halokit/data';
import { Lengths } from './lengths';

/** Of a kind of feedback, the names of what is responded. */
export type ResponseName = 'chosen' | 'rejected' | 'desirable' | 'undesirable';

export interface MeasuredLengths {
  /** Whole prompts and whole responses, the response's end token among them. */
  readonly prompt: Lengths;
  readonly responses: Readonly<Partial<Record<ResponseName, Lengths>>>;
  /** Prompt and response, of a pair the longer one. */
  readonly row: Lengths;
  /** Prompts whose last turn alone is longer than the limit. */
  readonly lastTurnTooLong: number;
  /** Rows that are longer than the limit when their prompt is cut to its own: a response loses its end. */
  readonly rowsCut: number;
  /** Why examples cannot be tokenized, and what is repaired when they are; cuts apart, which depend on the limits. */
  readonly counts: Counts;
}

type Example = Preference | Binary;

/** Longer than any row: nothing is cut. */
const unlimited = { maxLength: 2 ** 30, maxPromptLength: 2 ** 29, longPrompts: 'drop' } as const;

/**
 * How long prompts and responses are before anything is cut. Tokens are thrown away as soon as they are counted.
 *
 * @param onExample told how many examples are counted
 */
export async function measureLengths(
  feedback: { readonly kind: Feedback['kind']; readonly examples: Examples<Example> },
  options: TokenizeOptions,
  onExample: (done: number) => void = () => {},
): Promise<MeasuredLengths> {
  const tally = new Tally();
  const whole = { ...options, ...unlimited };
  const [prompt, row] = [new Lengths(), new Lengths()];
  const responses: Partial<Record<ResponseName, Lengths>> =
    feedback.kind === 'preferences'
      ? { chosen: new Lengths(), rejected: new Lengths() }
      : { desirable: new Lengths(), undesirable: new Lengths() };
  let [lastTurnTooLong, rowsCut] = [0, 0];
  let done = 0;
  let current: Example | undefined;
  const fed = following(feedback.examples, (example) => {
    current = example;
    onExample(done++);
  });
  const tokens: AsyncGenerator<TokenizedPreference | TokenizedBinary> =
    feedback.kind === 'preferences'
      ? tokenizePreferencesStream(fed as AsyncIterable<Preference>, whole, tally)
      : tokenizeBinaryStream(fed as AsyncIterable<Binary>, whole, tally);
  for await (const example of tokens) {
    const { length } = example.prompt;
    prompt.add(length);
    const sides: [ResponseName, Int32Array][] =
      'chosen' in example
        ? [
            ['chosen', example.chosen],
            ['rejected', example.rejected],
          ]
        : [[example.desirable ? 'desirable' : 'undesirable', example.response]];
    for (const [name, ids] of sides) responses[name]?.add(ids.length);
    const longest = Math.max(...sides.map(([, ids]) => ids.length));
    row.add(length + longest);
    const cut = length > options.maxPromptLength ? cutLength(current as Example, options) : length;
    if (cut === undefined) lastTurnTooLong += 1;
    else if (cut + longest > options.maxLength) rowsCut += 1;
  }
  return { prompt, responses, row, lastTurnTooLong, rowsCut, counts: tally.counts() };
}

/** Tokens of a prompt that is too long when it is cut; undefined where that cannot be done by whole turns. */
function cutLength({ prompt }: Example, options: TokenizeOptions): number | undefined {
  return tokenizePrompt(prompt, { ...options, longPrompts: 'drop' })?.ids.length;
}

async function* following<T>(items: Examples<T>, onItem: (item: T) => void): AsyncGenerator<T> {
  for await (const item of items) {
    onItem(item);
    yield item;
  }
}
