/** What became of judged pairs; what could not be parsed is in no rate. */
export interface Counts {
  readonly win: number;
  readonly tie: number;
  readonly loss: number;
  readonly unparsable: number;
}

/** What came of one cell of a grid. */
export interface CellResult {
  /** Its folder below the grid's: `pythia-small/seed-1/sft+kto`. */
  readonly name: string;
  readonly model: string;
  /** As the authors call it: `kto`, `sft+kto`, `unaligned`. */
  readonly method: string;
  readonly seed: number;
  readonly sweep?: { readonly name: string; readonly value: string };
  /** Of the judging against the target. */
  readonly counts?: Counts;
  /** The same by data set. */
  readonly bySet?: Readonly<Record<string, Counts>>;
  /** Of the answers, in tokens. */
  readonly meanTokens?: number;
  /** Of what they were held against. */
  readonly targetTokens?: number;
  /** Figures on held-out examples by name: the reward's accuracy, the area under its ROC curve. */
  readonly heldOut: Readonly<Record<string, number>>;
}

/** A model of a grid. */
export interface GridModel {
  readonly name: string;
  /** `pythia`, `llama`. */
  readonly family: string;
  readonly parameters: number;
}

/** Cells of one method in which a key varies. */
export interface GridSweep {
  readonly name: string;
  readonly method: string;
  readonly values: readonly string[];
  readonly models: readonly string[];
}

/** What came of a grid, as plain data: all that its report is made from. */
export interface GridResults {
  readonly grid: string;
  /** Families together, the smallest of a family first. */
  readonly models: readonly GridModel[];
  readonly methods: readonly string[];
  readonly seeds: readonly number[];
  /** `world` is the program that judges the demo's world. */
  readonly judge: string;
  readonly sweeps: readonly GridSweep[];
  /** What the grid's cells were told. */
  readonly settings: readonly { readonly key: string; readonly value: string }[];
  readonly cells: readonly CellResult[];
  /** Cells that are not there or not whole, a sentence each. */
  readonly missing: readonly string[];
}
