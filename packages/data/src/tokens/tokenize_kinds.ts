import type { Binary, Demonstration, Preference } from '../feedback';
import { type ControlTokens, checkControlTokens } from './control_tokens';
import type { Kind } from './tokenize_example';
import type { TokenizeOptions } from './tokenize_options';
import type { TokenizedBinary, TokenizedDemonstration, TokenizedPreference } from './tokenized';

export interface BinaryOptions extends TokenizeOptions {
  /** Ends each prompt in the one that names its example's class; sample with `tokenizePrompt`'s `controlToken`. */
  readonly controlTokens?: ControlTokens;
}

export const demonstrations: Kind<Demonstration, TokenizedDemonstration> = {
  responsesOf: ({ response }) => [response],
  build: (prompt, [response]) => ({ prompt, response: response as Int32Array }),
};

/** @throws InputError for control tokens that do not tell the classes apart */
export function binary({ controlTokens }: BinaryOptions): Kind<Binary, TokenizedBinary> {
  if (controlTokens) checkControlTokens(controlTokens);
  return {
    responsesOf: ({ response }) => [response],
    controlTokenOf: ({ desirable }) => controlTokens?.[desirable ? 'desirable' : 'undesirable'],
    build: (prompt, [response], { desirable }) => ({ prompt, response: response as Int32Array, desirable }),
  };
}

export const preferences: Kind<Preference, TokenizedPreference> = {
  responsesOf: ({ chosen, rejected }) => [chosen, rejected],
  build: (prompt, [chosen, rejected], { margin }) => ({
    prompt,
    chosen: chosen as Int32Array,
    rejected: rejected as Int32Array,
    ...(margin !== undefined && { margin }),
  }),
};
