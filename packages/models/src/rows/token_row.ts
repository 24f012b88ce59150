/** A prompt and one response to it, as token ids. The prompt has at least one token (a beginning, or the chat format's). */
export interface TokenRow {
  readonly prompt: Int32Array;
  readonly response: Int32Array;
}
