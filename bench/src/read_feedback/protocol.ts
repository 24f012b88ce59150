/** What a program is to do. */
export interface Job {
  readonly file: string;
  /** Whether pairs become binary examples and tokens, or are only read. */
  readonly tokenize: boolean;
  /** Folder or file of a tokenizer; without it a small one is trained. */
  readonly tokenizer?: string;
}

/** What it took. */
export interface Outcome {
  readonly seconds: number;
  /** Rows that came out: pairs, or twice as many examples. */
  readonly rows: number;
  readonly promptTokens: number;
  readonly responseTokens: number;
  /** The most memory of the whole process. */
  readonly peakBytes: number;
}
