import type { Prompt, Turn } from '../feedback';
import { occurrences, placeholder, readSlots, type Slots } from './chat_template_slots';
import { UnfitTurns } from './unfit_turns';

/** Renders turns, with the tag that asks for a response behind them or without. */
export type RenderTurns = (turns: Prompt, askForResponse: boolean) => string;

/** What a template writes for turns of these roles, whatever their contents. */
export interface Layout {
  /** The prompt, up to where the response begins. */
  readonly prompt: Slots;
  /** The tag at the prompt's end, where the template writes it only once a response follows. */
  readonly lateTag: string;
  /** White space that the response begins with: the template writes it once a response follows, so a model has to. */
  readonly lead: string;
  /** All that follows the response. */
  readonly tail: string;
}

export const otherFormat = 'Use the tulu format or another template';

/**
 * Renders placeholders for the contents, and reads off where they went.
 *
 * @throws UnfitTurns when the prompt is not what a prompt with its response begins with, or a turn is not there once
 */
export function readLayout(roles: readonly Turn['role'][], render: RenderTurns): Layout {
  const turns = roles.map((role, i) => ({ role, content: placeholder(i) }));
  const response = { role: 'assistant', content: placeholder(roles.length) } as const;
  const prompt = render(turns, true);
  const whole = render([...turns, response], false);
  if (!whole.startsWith(prompt)) throw writtenOtherwise();
  const slots = readSlots(prompt);
  roles.forEach((role, i) => {
    const times = occurrences(slots, i);
    if (times === 1) return;
    const what = times === 0 ? 'leaves out' : 'repeats';
    throw new UnfitTurns(
      `the chat template ${what} turn ${i + 1}, the ${role}'s`,
      `${otherFormat}, or leave that turn out.`,
    );
  });
  const [gap, tail] = splitOnce(whole.slice(prompt.length), response.content);
  if (readSlots(gap + tail).some((slot) => typeof slot !== 'string')) throw writtenOtherwise();
  if (gap.trim() === '') return { prompt: slots, lateTag: '', lead: gap, tail };
  return { prompt: [...slots, gap], lateTag: gap, lead: '', tail };
}

export function writtenOtherwise(): UnfitTurns {
  return new UnfitTurns(
    'the chat template writes the prompt otherwise once a response follows, so what is trained would not be what is sampled',
    `${otherFormat}.`,
  );
}

function splitOnce(text: string, response: string): [string, string] {
  const parts = text.split(response);
  if (parts.length !== 2) {
    const what = parts.length < 2 ? 'leaves out the response' : 'repeats the response';
    throw new UnfitTurns(`the chat template ${what}`, `${otherFormat}.`);
  }
  return parts as [string, string];
}
