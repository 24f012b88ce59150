/** Prompt and response tokenized apart, so that the boundary is exact whatever the tokenizer would merge across it. */
export interface TokenizedDemonstration {
  readonly prompt: Int32Array;
  readonly response: Int32Array;
}

export interface TokenizedBinary extends TokenizedDemonstration {
  readonly desirable: boolean;
}

export interface TokenizedPreference {
  readonly prompt: Int32Array;
  readonly chosen: Int32Array;
  readonly rejected: Int32Array;
  /** By how much the chosen response was rated better, where the data says so. */
  readonly margin?: number;
}
