import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { randomStream } from '../random_stream';
import type { GenerateOptions } from './generate_options';
import { sampleToken } from './sample_token';
import { type TextStream, textStream } from './text_stream';

/** Why a response ended: its end token, a stop string, `maxNewTokens`, or because the model's context is full. */
export type ResponseEnd = 'eos' | 'stop' | 'length' | 'context';

/** One token of one response, as it comes. */
export interface GeneratedToken {
  /** The prompt's place in the list. */
  readonly row: number;
  readonly id: number;
  /** With `decode`: the text that is certain since the last token; of the last one, all that is left, up to a stop string. */
  readonly text: string;
  /** With the last token of a response. */
  readonly end?: ResponseEnd;
}

/** A response that is being written. */
export class OpenResponse {
  readonly ids: number[] = [];
  private readonly random: RandomGenerator;
  private readonly seen: Set<number>;
  private readonly text: TextStream | undefined;
  private readonly ends: ReadonlySet<number>;

  /** @param context tokens that the model reads at most */
  constructor(
    private readonly row: number,
    private readonly prompt: Int32Array,
    private readonly context: number,
    private readonly options: GenerateOptions,
  ) {
    const { seeds, decode, stop, eosId = [] } = options;
    this.random = randomStream(seeds?.[row] ?? row);
    this.seen = new Set(prompt);
    this.text = decode && textStream(decode, stop);
    this.ends = new Set(typeof eosId === 'number' ? [eosId] : eosId);
  }

  /** The next token by these logits. */
  sample(logits: Float32Array): number {
    return sampleToken(logits, this.options, this.random, this.seen);
  }

  push(id: number): GeneratedToken {
    this.ids.push(id);
    this.seen.add(id);
    const eos = this.ends.has(id);
    // An end token has a name, and no text.
    let text = (eos ? undefined : this.text?.push(id)) ?? '';
    const end = eos ? 'eos' : this.otherEnd();
    if (end) text += this.text?.end() ?? '';
    return { row: this.row, id, text, ...(end && { end }) };
  }

  private otherEnd(): ResponseEnd | undefined {
    if (this.text?.stopped) return 'stop';
    if (this.ids.length >= this.options.maxNewTokens) return 'length';
    return this.prompt.length + this.ids.length >= this.context ? 'context' : undefined;
  }
}
