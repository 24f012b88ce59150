import { InputError } from '../input_error';

/**
 * Texts that end a prompt and say which kind of response follows. A model that was trained on both kinds with them is
 * asked for the good one: conditional supervised fine-tuning.
 *
 * Source: Korbak et al., "Pretraining Language Models with Human Preferences".
 */
export interface ControlTokens {
  readonly desirable: string;
  readonly undesirable: string;
}

/** Archangel's. Name them among the special tokens of a tokenizer to make each a single token. */
export const archangelControlTokens: ControlTokens = { desirable: '<|good|>', undesirable: '<|bad|>' };

/** @throws InputError for an empty text, or the same for both */
export function checkControlTokens({ desirable, undesirable }: ControlTokens): void {
  if (desirable === '' || undesirable === '' || desirable === undesirable) {
    throw new InputError(
      `controlTokens are "${desirable}" and "${undesirable}": each must be a text, and not the other's, to tell them apart.`,
    );
  }
}
