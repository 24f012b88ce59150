import { type ChatFormat, endOfResponse, type TextTokenizer, type Turn, tokenizePrompt } from '@halokit/data';
import { InputError } from '../input_error';

export interface ConversationOptions {
  readonly tokenizer: TextTokenizer;
  readonly format: ChatFormat;
  /** Tokens that the model reads at most. */
  readonly context: number;
  /** Longest answer in tokens, for which there should be room. */
  readonly maxNewTokens: number;
  readonly system?: string;
  /** Ends every prompt, where the model was trained with one. */
  readonly controlToken?: string;
}

/** What the model is to read, and what of the conversation it does not see any more. */
export interface Prompt {
  readonly ids: Int32Array;
  /** In a few words; absent where it sees all. */
  readonly dropped?: string;
}

/** What has been said, as tokens within the model's context. */
export class Conversation {
  private turns: readonly Turn[] = [];

  constructor(private readonly options: ConversationOptions) {
    this.reset();
  }

  /** Begins anew. */
  reset(): void {
    const { system } = this.options;
    this.turns = system === undefined ? [] : [{ role: 'system', content: system }];
  }

  /**
   * What to read for an answer to this. An answer of `maxNewTokens` fits behind it, or one of a quarter of the context.
   *
   * @throws InputError when there is no room for it
   */
  ask(content: string): Prompt {
    const { tokenizer, format, context, maxNewTokens, controlToken } = this.options;
    const turns: readonly Turn[] = [...this.turns, { role: 'user', content }];
    const room = Math.max(1, Math.min(maxNewTokens, Math.floor(context / 4)));
    const limits = { maxLength: context, maxPromptLength: context - room, longPrompts: 'cut' } as const;
    const prompt = tokenizePrompt(turns, { tokenizer, format, ...limits, ...(controlToken && { controlToken }) });
    if (!prompt) throw new InputError(`There is no room for this in a context of ${context} tokens.`);
    const gone = turns.length - prompt.turns.length;
    const cut = prompt.repairs.some((repair) => repair.includes("last turn's beginning cut"));
    const parts = [
      ...(gone > 0 ? [`the first ${gone === 1 ? 'turn' : `${gone} turns`} of the conversation`] : []),
      ...(cut ? ['the beginning of what you wrote'] : []),
    ];
    return { ids: prompt.ids, ...(parts.length > 0 && { dropped: parts.join(' and ') }) };
  }

  /** What was asked and answered becomes part of the conversation. */
  add(question: string, answer: string): void {
    this.turns = [...this.turns, { role: 'user', content: question }, { role: 'assistant', content: answer }];
  }

  /** Tokens that end an answer. */
  get ends(): readonly number[] {
    const { format, tokenizer } = this.options;
    return [...new Set([endOfResponse(format, tokenizer), tokenizer.eosId])];
  }

  /** Texts that end an answer. */
  get stops(): readonly string[] {
    return tagsBehind(this.options.format);
  }
}

/** Texts that end an answer: the tag with which the other side's turn would begin. */
export function tagsBehind(format: ChatFormat): readonly string[] {
  const [tag] = format.prompt([{ role: 'user', content: 'x' }]);
  return tag && !tag.written && tag.text.trim() !== '' ? [tag.text] : [];
}
