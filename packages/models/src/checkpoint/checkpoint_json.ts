/** The JSON of the checkpoint that a model came from, for what reads the saved one next. */
export interface CheckpointJson {
  readonly config: Readonly<Record<string, unknown>>;
  readonly generation?: GenerationConfig;
}

/** What a checkpoint's `generation_config.json` says. */
export interface GenerationConfig {
  /** As it stands in the file; `10.0` and `10` are two things to some of its readers. */
  readonly text: string;
  /** The token ids that end a text; none where it names none. */
  readonly eosTokenIds: readonly number[];
}
