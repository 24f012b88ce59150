import type { Prompt } from './feedback';

/** A piece of a formatted prompt: the format's own tags, or what somebody wrote. */
export interface FormattedPiece {
  readonly text: string;
  readonly written: boolean;
}

/** How a conversation becomes text. Training and sampling use the same. */
export interface ChatFormat {
  readonly name: string;
  /** All turns, and the tag after which the response begins. */
  prompt(turns: Prompt): FormattedPiece[];
}

/**
 * TULU's format, as Archangel uses it: each turn after `\n<|user|>\n`, `\n<|assistant|>\n` or `\n<|system|>\n`, and the
 * response after a last `\n<|assistant|>\n`.
 *
 * Source: Wang et al., "How Far Can Camels Go?"; HALOs' templates.
 */
export const tulu: ChatFormat = {
  name: 'tulu',
  prompt: (turns) => [
    ...turns.flatMap(({ role, content }) => [
      { text: `\n<|${role}|>\n`, written: false },
      { text: content, written: true },
    ]),
    { text: '\n<|assistant|>\n', written: false },
  ],
};
