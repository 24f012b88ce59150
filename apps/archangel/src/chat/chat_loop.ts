import type { GeneratedToken } from '@halokit/models';
import { visible } from '../terminal/visible';
import type { Conversation, Prompt } from './conversation';

export interface ChatIo {
  /** What the person writes, line by line. */
  readonly lines: AsyncIterable<string>;
  /** Asks for the next line, where somebody sits there. */
  prompt(): void;
  /** The answer. */
  write(text: string): void;
  /** What is said beside it. */
  note(text: string): void;
}

/** Answers a prompt token by token, until the signal says otherwise. */
export type Answer = (ids: Int32Array, turn: number, signal: AbortSignal) => AsyncIterable<GeneratedToken>;

const help = [
  '/reset   begins a new conversation',
  '/help    shows this',
  '/exit    ends, as Ctrl-D does',
  'Ctrl-C stops an answer; where there is none, it ends the chat.',
].join('\n');

const endings: Partial<Record<NonNullable<GeneratedToken['end']>, string>> = {
  length: 'cut: it is as long as --max-new-tokens lets it be',
  context: 'cut: the context is full',
};

/** A conversation in a terminal, or line for line where there is none. */
export class ChatLoop {
  private answering: AbortController | undefined;

  constructor(
    private readonly conversation: Conversation,
    private readonly answer: Answer,
    private readonly io: ChatIo,
  ) {}

  /** Stops the answer under way. Whether there was one that went on. */
  interrupt(): boolean {
    if (!this.answering || this.answering.signal.aborted) return false;
    this.answering.abort();
    return true;
  }

  /** Answers every line until there are no more. */
  async run(): Promise<void> {
    this.io.prompt();
    let turn = 0;
    for await (const line of this.io.lines) {
      const text = line.trim();
      if (text === '/exit' || text === '/quit') return;
      if (text.startsWith('/')) this.command(text);
      else if (text !== '') await this.reply(text, turn++);
      this.io.prompt();
    }
  }

  private command(text: string): void {
    if (text === '/reset') this.conversation.reset();
    const unknown = `There is no ${visible(text)}. There are: /reset, /help, /exit.`;
    this.io.note(text === '/help' ? help : text === '/reset' ? 'A new conversation.' : unknown);
  }

  /** Answers a question. One that is too long, or that the format refuses, is no reason to end. */
  private async reply(question: string, turn: number): Promise<void> {
    let prompt: Prompt;
    try {
      prompt = this.conversation.ask(question);
    } catch (error) {
      if ((error as Error).name !== 'InputError') throw error;
      return this.io.note((error as Error).message);
    }
    if (prompt.dropped) this.io.note(`The context is full: the model does not see ${prompt.dropped} any more.`);
    const { said, why } = await this.answered(prompt.ids, turn);
    // A response of nothing is one that training never shows, so a question without an answer is as if it were not asked.
    if (said !== '') this.conversation.add(question, said);
    this.io.write('\n');
    if (why) this.io.note(why);
  }

  /** Writes an answer as it comes, and says why it ended if that is not its end. */
  private async answered(ids: Int32Array, turn: number): Promise<{ said: string; why?: string }> {
    const answering = new AbortController();
    this.answering = answering;
    let said = '';
    let end: GeneratedToken['end'];
    try {
      for await (const token of this.answer(ids, turn, answering.signal)) {
        said += token.text;
        end = token.end;
        this.io.write(visible(token.text));
      }
    } catch (error) {
      if (!answering.signal.aborted) throw error;
      return { said, why: 'stopped' };
    } finally {
      this.answering = undefined;
    }
    const why = end && endings[end];
    return { said, ...(why !== undefined && { why }) };
  }
}
